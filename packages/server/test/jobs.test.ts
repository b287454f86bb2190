import { type Attachment, type Command, notebookOf, type NoteRecord } from "@tidings/core/protocol";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { hasPostgres, type PostgresService, startPostgres } from "../src/testing/postgres.ts";
import { virtualClock } from "@tidings/core/testing";
import { Jobs } from "../src/jobs.ts";
import { openLibsqlStore } from "../src/store/index.ts";
import type { Moderator } from "../src/moderation/index.ts";
import { ready } from "./store/files-suite.ts";
import { EngineBench, engineClock, sendFrame } from "./support/engine-bench.ts";
import type { PushProvider } from "../src/push/provider.ts";
import { call } from "./support/api.ts";
import { type Draft, join, newId, type RawClient } from "./support/raw-client.ts";
import { ServerProcess } from "./support/server-process.ts";
import { start, unhurried } from "./support/start.ts";
import { temporaryFile } from "./support/temporary-file.ts";

const conversationId = notebookOf("ada");
const waiting = { timeout: 60_000, interval: 100 };

async function schedule(
  ada: RawClient,
  count: number,
  dueAt: number,
  attachments: readonly Attachment[] = [],
): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await Promise.all(
    ids.map((messageId, index) =>
      ada.accepted({
        ...{ type: "note.set", conversationId },
        subject: { kind: "scheduled", conversationId: "general", messageId },
        value: { dueAt, message: { kind: "text", content: { text: `later ${index}`, attachments } } },
      }),
    ),
  );
  return ids;
}

async function sent(client: RawClient): Promise<readonly string[]> {
  const page = await client.query({ type: "history", conversationId: "general", after: 0, limit: 100 });
  return page.messages.map(({ id }) => id);
}

async function notes(client: RawClient): Promise<readonly NoteRecord[]> {
  return (await client.query({ type: "notes", conversationId, limit: 100 })).items;
}

function isNote(item: unknown): item is NoteRecord {
  return typeof item === "object" && item !== null && "subject" in item;
}

/** All of them, once each, and nothing is left to be done. */
async function expectSent(client: RawClient, ids: readonly string[]): Promise<void> {
  await vi.waitFor(async () => expect(await notes(client)).toEqual([]), waiting);
  expect([...(await sent(client))].sort()).toEqual([...ids].sort());
}

describe("what is planned", () => {
  it("[D2] is sent once by a server that was not there when it was due (row I1)", async () => {
    const dataFile = temporaryFile("data.db");
    const first = await ServerProcess.start(dataFile);
    const dueAt = Date.now() + 1_000;
    const ids = await schedule(await first.join("ada"), 5, dueAt);
    await first.kill();
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(dueAt), waiting);
    const second = await ServerProcess.start(dataFile);
    await expectSent(await second.join("ada"), ids);
    await second.kill();
  }, 120_000);

  it("[D2] is sent once, if the engine ends between any two of its steps (row I1)", async () => {
    for (const lost of [1, 2, 3]) {
      const bench = await EngineBench.open();
      const ada = await bench.join("ada");
      const messageId = newId();
      const { files } = bench.store;
      if (!files) throw new Error("no files");
      const { fileId } = await ready(files, { conversationId: "general", createdAt: bench.clock.now() });
      const subject = { kind: "scheduled", conversationId: "general", messageId } as const;
      const attachments = [{ fileId, kind: "image", name: "a.png", type: "image/png", size: 10 }] as const;
      const value = {
        dueAt: 5,
        message: { kind: "text", content: { text: "later", attachments } },
      } as const;
      const command = {
        type: "note.set",
        commandId: newId(),
        conversationId,
        at: 0,
        subject,
        value,
      } as const;
      await bench.send(ada, { type: "submit", id: 1, lane: 1, command });
      const due = async (): Promise<readonly NoteRecord[]> => (await bench.store.plans?.due(10)) ?? [];
      const [note] = await due();
      if (!note) throw new Error("nothing is due");
      const commit = bench.store.commit.bind(bench.store);
      let commits = 0;
      bench.store.commit = async (items, admit) => {
        commits += 1;
        const outcomes = await commit(items, admit);
        if (commits === lost) throw new Error("the store is away"); // committed, but nobody knows
        return outcomes;
      };
      const [first] = await Promise.allSettled([bench.engine.carryOut(note), bench.clock.advance(5)]);
      expect([first.status, commits]).toEqual(["rejected", lost]);
      for (const again of await due()) {
        await Promise.all([bench.engine.carryOut(again), bench.clock.advance(5)]);
      }
      const answer = await bench.store.query("ada", {
        type: "history",
        conversationId: "general",
        limit: 10,
      });
      const message = { id: messageId, authorId: "ada", content: { attachments } };
      expect(answer).toMatchObject({ ok: true, result: { messages: [message] } });
      expect(await due()).toEqual([]);
      await files.due(Number.MAX_SAFE_INTEGER);
      expect(await files.find(fileId)).toMatchObject({ state: "ready" });
      const places = [conversationId, "general"].map((place) => files.isShown(fileId, place));
      expect(await Promise.all(places)).toEqual([false, true]);
    }
  });

  it("[D6] says why it was refused when it was due; a reminder tells its owner once (row I1)", async () => {
    const reminded: unknown[] = [];
    const bench = await EngineBench.open({
      policy: { rates: [{ name: "day", scope: "conversation", tokens: 1, perMs: 1_000_000, burst: 1 }] },
      onReminder: (userId, note) => reminded.push([userId, note.subject]),
    });
    const ada = await bench.join("ada");
    const put = async (kind: "scheduled" | "reminder", place: string): Promise<void> => {
      const subject = { kind, conversationId: place, messageId: newId() };
      const message = { kind: "text", content: { text: "later" } } as const;
      const value = { dueAt: 5, ...(kind === "scheduled" && { message }) };
      const command = {
        type: "note.set",
        commandId: newId(),
        conversationId,
        at: 0,
        subject,
        value,
      } as const;
      await bench.send(ada, { type: "submit", id: 1, command });
    };
    await put("scheduled", "general");
    await put("scheduled", "elsewhere");
    await put("reminder", "general");
    await bench.send(ada, sendFrame("general", "all that is allowed", 1));
    for (const round of [1, 2]) {
      const due = (await bench.store.plans?.due(10)) ?? [];
      expect(due).toHaveLength(round === 1 ? 3 : 0);
      await Promise.all([...due.map((note) => bench.engine.carryOut(note)), bench.clock.advance(5)]);
      // As another node that had found the same.
      const reminders = due.filter(({ subject }) => subject.kind === "reminder");
      await Promise.all([...reminders.map((note) => bench.engine.carryOut(note)), bench.clock.advance(5)]);
    }
    const answer = await bench.store.query("ada", { type: "notes", conversationId, limit: 10 });
    const found = answer.ok && "items" in answer.result ? answer.result.items : [];
    expect(found).toMatchObject([
      { subject: { kind: "reminder" }, value: { firedAt: expect.any(Number) } },
      { subject: { kind: "scheduled" }, value: { code: expect.any(String) } },
      { subject: { kind: "scheduled" }, value: { code: expect.any(String) } },
    ]);
    const codes = found.flatMap((note) => (isNote(note) ? (note.value?.code ?? []) : []));
    expect(codes.sort()).toEqual(["conversation/not-found", "rate/limited"]);
    expect(reminded).toEqual([["ada", expect.objectContaining({ kind: "reminder" })]]);
  });

  it("[D2] of a reminder devices are told once, though several nodes find it due and some end over it (row I1)", async () => {
    const store = openLibsqlStore();
    const clock = virtualClock(1_000_000);
    const told: string[] = [];
    const ends: ((isOver: boolean) => void)[] = [];
    const node = async (name: string) => {
      const bench = await EngineBench.open({
        ...{ store, clock },
        remind: () => {
          told.push(name);
          return new Promise((resolve) => ends.push(resolve));
        },
      });
      const jobs = new Jobs({
        ...{ plans: store.plans, clock: engineClock(clock) },
        carryOut: (note) => bench.engine.carryOut(note),
        onFailure: (error) => bench.failures.push(error),
      });
      await jobs.start();
      return { bench, jobs };
    };
    const nodes = [await node("one"), await node("other")];
    const [one, other] = nodes;
    if (!one || !other) throw new Error("no nodes");
    const ada = await one.bench.join("ada");
    const subject = { kind: "reminder", conversationId: "general", messageId: newId() } as const;
    const common = { commandId: newId(clock.now()), conversationId, at: 0, subject } as const;
    const command = { type: "note.set", ...common, value: { dueAt: clock.now() + 5 } } as const;
    await one.bench.send(ada, { type: "submit", id: 1, command });
    const value = async (): Promise<unknown> => {
      const answer = await store.query("ada", { type: "notes", conversationId, limit: 10 });
      const [found] = answer.ok && "items" in answer.result ? answer.result.items.filter(isNote) : [];
      return found?.value;
    };
    await clock.advance(2_000);
    expect(told).toHaveLength(1); // and whoever was told of it is at it still
    expect(await value()).toMatchObject({ firedAt: expect.any(Number), tellingAt: expect.any(Number) });
    await clock.advance(121_000); // so it has gone
    expect(told).toHaveLength(2);
    ends[0]?.(false);
    ends[1]?.(true);
    await clock.advance(121_000);
    expect([told.length, await value()]).toEqual([2, { dueAt: 1_000_005, firedAt: expect.any(Number) }]);
    expect(nodes.flatMap(({ bench }) => bench.failures)).toEqual([]);
    await Promise.all(nodes.map(({ jobs }) => jobs.stop()));
    await store.close();
  });

  it("[D1, D2] is sent once when it is planned again after it was refused, and kept where it was sent before", async () => {
    const bench = await EngineBench.open({
      moderators: [({ text }) => (text === "rude" ? { type: "refuse", reason: "rude" } : { type: "pass" })],
    });
    const perform = async (command: Draft): Promise<void> => {
      const whole: Command = { commandId: newId(), at: 0, ...command };
      const done = bench.engine.perform({ userId: "ada" }, whole);
      const [outcome] = await Promise.all([done, bench.clock.advance(0)]);
      expect(outcome).toMatchObject({ ok: true });
    };
    const subject = { kind: "scheduled", conversationId: "later", messageId: newId() } as const;
    const plan = async (text: string, dueAt: number): Promise<unknown> => {
      const value = { dueAt, message: { kind: "text", content: { text } } } as const;
      await perform({ type: "note.set", conversationId, subject, value });
      const due = (await bench.store.plans?.due(dueAt)) ?? [];
      expect(due).toHaveLength(1);
      // Twice, as two nodes would.
      const twice = [...due, ...due].map((note) => bench.engine.carryOut(note));
      await Promise.all([...twice, bench.clock.advance(5)]);
      const notes = await bench.store.query("ada", { type: "notes", conversationId, limit: 10 });
      return notes.ok && "items" in notes.result ? notes.result.items.filter(isNote) : [];
    };
    expect(await plan("early", 5)).toMatchObject([{ value: { code: "conversation/not-found" } }]);
    await perform({ type: "conversation.create", conversationId: "later", kind: "group" });
    expect(await plan("rude", 6)).toMatchObject([{ value: { code: "moderation/refused" } }]);
    expect(await plan("polite", 7)).toEqual([]);
    // Changed on a device that had not heard that it was sent: what was written there is not lost.
    const tooLate = { code: "note/due", message: { content: { text: "other words" } } };
    expect(await plan("other words", 8)).toMatchObject([{ value: tooLate }]);
    // … nor where only the words were changed.
    expect(await plan("other words", 7)).toMatchObject([{ value: tooLate }]);
    const page = await bench.store.query("ada", { type: "history", conversationId: "later", limit: 10 });
    expect(page).toMatchObject({
      ...{ ok: true },
      result: { messages: [{ id: subject.messageId, content: { text: "polite" } }] },
    });
  });

  it("holds nobody up whom it does not concern that what others planned fails, again and again", async () => {
    let asked = 0;
    const judge: Moderator = async ({ text }) => {
      if (text === "hello") return { type: "pass" };
      asked += 1;
      throw new Error("the judge is away");
    };
    const bench = await EngineBench.open({ moderators: [judge] });
    const failures: unknown[] = [];
    const jobs = new Jobs({
      plans: bench.store.plans,
      clock: engineClock(bench.clock),
      carryOut: (note) => bench.engine.carryOut(note),
      onFailure: (error) => failures.push(error),
    });
    const plan = async (userId: string, text: string, dueAt: number): Promise<void> => {
      const notebook = notebookOf(userId);
      const common = { type: "note.set", commandId: newId(), conversationId: notebook, at: 0 } as const;
      const subject = { kind: "scheduled", conversationId: "general", messageId: newId() } as const;
      const value = { dueAt, message: { kind: "text", content: { text } } } as const;
      const done = bench.engine.perform({ userId }, { ...common, subject, value });
      const [outcome] = await Promise.all([done, bench.clock.advance(0)]);
      expect(outcome.ok).toBe(true);
    };
    await bench.join("ada");
    await bench.join("bob");
    for (let index = 0; index < 150; index += 1) await plan("bob", "unheard", 5 + index);
    await plan("ada", "hello", 500);
    await jobs.start();
    for (let tick = 0; tick < 40; tick += 1) await bench.clock.advance(250);
    const page = await bench.store.query("ada", {
      type: "history",
      conversationId: "general",
      limit: 10,
    });
    expect(page).toMatchObject({ ok: true, result: { messages: [{ authorId: "ada" }] } });
    expect(failures).toHaveLength(asked);
    expect(asked).toBeGreaterThan(150); // they are tried again, at ever longer intervals
    expect(asked).toBeLessThanOrEqual(150 * 4);
    await jobs.stop();
  });

  describe.skipIf(!hasPostgres())("on one PostgreSQL", () => {
    let postgres: PostgresService;
    beforeAll(async () => {
      postgres = await startPostgres();
    }, 60_000);
    afterAll(() => postgres.close(), 60_000);

    it("[D2] is sent once by two nodes of which one is killed while it does so (row I1)", async () => {
      const database = await postgres.database();
      const doomed = await ServerProcess.node(database);
      const other = await ServerProcess.node(database);
      const ada = await other.join("ada");
      const ids = await schedule(ada, 60, Date.now() + 1_500);
      await vi.waitFor(async () => expect(await sent(ada)).not.toEqual([]), { ...waiting, interval: 5 });
      await doomed.kill();
      expect(await notes(ada)).not.toEqual([]); // it was killed in the middle
      await expectSent(ada, ids);
      await other.kill();
    }, 120_000);

    it("[D2] with a file is sent once by two nodes, and the file read at either then, and not before (row I1)", async () => {
      const database = await postgres.database();
      const options = {
        database,
        files: { dir: temporaryFile("files") },
        secret: "s".repeat(32),
        policy: unhurried,
      };
      const [one, other] = [await start(options), await start(options)];
      const ada = await join(one, "ada");
      const on = { conversationId: "general", fileId: newId() } as const;
      const bytes = Buffer.from("a,b\n1,2\n");
      const file = { name: "a.csv", size: bytes.length, mediaType: "text/csv" } as const;
      const { parts } = await ada.query({ type: "file.upload", ...on, ...file });
      for (const { url, headers } of parts) await fetch(url, { method: "PUT", headers, body: bytes });
      await ada.query({ type: "file.complete", ...on, parts: [] });
      const shown = { fileId: on.fileId, name: "a.csv", kind: "file", type: "text/csv", size: 1 } as const;
      const ids = await schedule(ada, 20, Date.now() + 3_000, [shown]);
      const bob = await join(other, "bob");
      const download = { type: "file.download", ...on } as const;
      expect(await bob.ask(download)).toMatchObject({ code: "file/not-found" });
      expect(await ada.ask({ type: "file.cancel", ...on })).toMatchObject({ code: "file/denied" });
      await expectSent(await join(other, "ada"), ids);
      const { url } = await bob.query(download);
      expect(await (await fetch(url)).text()).toBe(bytes.toString());
    }, 120_000);

    it("[D2] of a reminder devices are told once by two nodes, and its owner sees that it is time (rows I1, F12)", async () => {
      const database = await postgres.database();
      const pushed: string[] = [];
      const provider: PushProvider = {
        ...{ publicKey: "", accepts: () => true },
        async push({ payload: { messageId, dueAt } }) {
          pushed.push(dueAt === undefined ? "no reminder" : messageId);
          return { kind: "sent" };
        },
      };
      const options = { database, push: { provider }, secret: "s".repeat(32) };
      const [one, other] = [await start(options), await start(options)];
      const device = {
        endpoint: "https://push.example/1",
        keys: { p256dh: "p".repeat(87), auth: "a".repeat(22) },
      };
      const token = await one.issueToken("ada");
      const put = await call(one, "PUT /v1/push/devices/phone", { token, body: device });
      expect(put.status).toBe(204);
      const ada = await join(one, "ada");
      const dueAt = Date.now() + 500;
      const ids = Array.from({ length: 20 }, () => newId());
      for (const messageId of ids) {
        const subject = { kind: "reminder", conversationId: "general", messageId } as const;
        await ada.accepted({ type: "note.set", conversationId, subject, value: { dueAt } });
      }
      // Told, and written down that it was.
      const values = async () => (await notes(await join(other, "ada"))).map(({ value }) => value);
      const isTold = { dueAt, firedAt: expect.any(Number) };
      await vi.waitFor(async () => expect(await values()).toEqual(ids.map(() => isTold)), waiting);
      expect([...pushed].sort()).toEqual([...ids].sort());
    }, 120_000);
  });
});
