import { virtualClock } from "@tidings/core/testing";
import { notebookOf, type NoteSubject, type NoteValue, type PushPayload } from "@tidings/core/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PushMessage } from "../../src/push/provider.ts";
import type { PushQueue, Renew } from "../../src/push/push-queue.ts";
import { type Blocks, Pusher } from "../../src/push/pusher.ts";
import { openLibsqlStore } from "../../src/store/index.ts";
import { engineClock } from "../support/engine-bench.ts";
import type { Draft } from "../support/raw-client.ts";
import { Workbench } from "../store/workbench.ts";

const GRACE_MS = 5_000;

let bench: Workbench;
let clock: ReturnType<typeof virtualClock>;
let queued: PushMessage[];
let failures: unknown[];
let looking: Set<string>;
beforeEach(async () => {
  bench = new Workbench(openLibsqlStore());
  clock = virtualClock(2_000_000);
  [queued, failures, looking] = [[], [], new Set()];
  await bench.group("tea", "ada", "bob", "cy");
  for (const userId of ["ada", "bob"]) await subscribe(userId, "phone");
});
afterEach(async () => {
  await bench.store.close();
  if (failures.length > 0) throw new Error(`failed: ${String(failures)}`);
});

const subscribe = async (userId: string, deviceId: string): Promise<void> =>
  bench.store.push?.put({
    ...{ userId, deviceId, endpoint: `https://push.example/${userId}/${deviceId}`, at: 1 },
    ...{ p256dh: "key", auth: "secret" },
  });

interface Differently {
  readonly blocks?: Blocks;
  readonly add?: PushQueue["add"];
  readonly soon?: (task: () => void) => void;
}

function pusher({ blocks, add = (message) => queued.push(message), ...more }: Differently = {}): Pusher {
  const { push: targets } = bench.store;
  if (!targets) throw new Error("no devices");
  return new Pusher({
    ...{ store: bench.store, blocks, targets, queue: { add } },
    ...{ clock: { ...engineClock(clock), ...more }, graceMs: GRACE_MS, ttlMs: 60_000 },
    looking: async (conversationId, userIds) =>
      new Set(userIds.filter((userId) => looking.has(`${conversationId} ${userId}`))),
    onFailure: (error) => failures.push(error),
  });
}

/** Says something where `on` hears it. */
async function say(on: Pusher, userId: string, text: string, more: object = {}): Promise<string> {
  const draft = {
    type: "message.send",
    conversationId: "tea",
    kind: "text",
    content: { text },
    ...more,
  } as Draft;
  const outcome = await bench.outcome(bench.submission(userId, draft));
  if (!outcome.ok || outcome.isKnown) throw new Error("refused");
  const { ack, head, settings } = outcome;
  on.hear([{ type: "committed", head, settings, changes: ack.changes, origin: undefined }]);
  return ack.commandId;
}

const note = async (userId: string, subject: NoteSubject, value: NoteValue): Promise<unknown> =>
  bench.accepted(userId, { type: "note.set", conversationId: notebookOf(userId), subject, value });

/** Who was pushed what, once the grace is over. */
async function told(): Promise<readonly (readonly [userId: string, payload: PushPayload])[]> {
  await clock.advance(GRACE_MS + 1_000);
  return queued.map(({ target, payload }) => [target.userId, payload] as const);
}

/** What waits for Bob's device. */
function waiting() {
  const asked: Renew[] = [];
  const on = pusher({
    blocks: async (userId) => (await bench.store.blocks?.(userId)) ?? { own: [], by: [] },
    add(message, _onEnd, renew) {
      if (message.target.userId === "bob" && renew) asked.push(renew);
    },
  });
  return { on, renewed: async (): Promise<PushPayload | undefined> => asked.at(-1)?.() };
}

describe("what a push service could not take", () => {
  it("[D8] is told as it reads by now, and not of somebody who was blocked meanwhile (row F12)", async () => {
    const { on, renewed } = waiting();
    const messageId = await say(on, "ada", "my password is hunter2");
    await told();
    expect(await renewed()).toMatchObject({ text: "my password is hunter2", count: 1 });
    const content = { text: "never mind" };
    await bench.accepted("ada", { type: "message.edit", conversationId: "tea", messageId, content });
    expect(await renewed()).toMatchObject({ text: "never mind", authorId: "ada", count: 1 });
    const settings = { typing: true, receipts: true, confidential: true };
    await bench.accepted("ada", { type: "conversation.update", conversationId: "tea", settings });
    expect(await renewed()).not.toHaveProperty("text");
    const conversationId = notebookOf("bob");
    await note("bob", { kind: "block", conversationId, userId: "ada" }, {});
    expect(await renewed()).toBeUndefined();
  });

  it("is tried again only while it stands, is unread and may be read (rows D25, F12)", async () => {
    const { on, renewed } = waiting();
    const isNews = async (): Promise<boolean> => (await renewed()) !== undefined;
    const messageId = await say(on, "ada", "taken back");
    await told();
    expect(await isNews()).toBe(true);
    await bench.accepted("ada", { type: "message.delete", conversationId: "tea", messageId });
    expect(await isNews()).toBe(false);
    await say(on, "ada", "read");
    await told();
    expect(await isNews()).toBe(true);
    await bench.accepted("bob", { type: "receipt.mark", conversationId: "tea", readSeq: 2 });
    expect(await isNews()).toBe(false);
    await say(on, "ada", "not for you");
    await told();
    expect(await isNews()).toBe(true);
    await bench.accepted("ada", { type: "participant.remove", conversationId: "tea", userId: "bob" });
    expect(await isNews()).toBe(false);
  });
});

describe("people who are not there", () => {
  it("are told once of what others said, the newest of it, with how many there are and what is unread in all (row F12)", async () => {
    const on = pusher();
    await bench.group("more", "cy", "bob");
    await bench.said("cy", "more", "elsewhere");
    await say(on, "ada", "one");
    const messageId = await say(on, "ada", "two");
    await clock.advance(GRACE_MS - 1_000);
    expect(queued).toEqual([]);
    await bench.accepted("ada", {
      type: "message.edit",
      conversationId: "tea",
      messageId,
      content: { text: "two!" },
    });
    expect(await told()).toEqual([
      [
        "bob",
        {
          ...{ version: 1, conversationId: "tea", messageId, seq: 2, count: 2, badge: 3, sound: true },
          ...{ authorId: "ada", text: "two!" },
        },
      ],
    ]);
    await say(on, "cy", "three");
    expect((await told()).slice(1).map(([userId, { text }]) => [userId, text])).toEqual([
      ["ada", "three"],
      ["bob", "three"],
    ]);
    const [first, , again] = queued;
    expect(first?.topic).toMatch(/^[\w-]{32}$/);
    expect(again?.topic).toBe(first?.topic);
    expect(queued[1]?.topic).not.toBe(first?.topic);
  });

  it("are told on each of their devices", async () => {
    await subscribe("bob", "desk");
    await say(pusher(), "ada", "hi");
    await told();
    expect(queued.map(({ target }) => target.deviceId).sort()).toEqual(["desk", "phone"]);
  });

  it("are not told of what they read, see, or what was taken back meanwhile", async () => {
    const on = pusher();
    await say(on, "ada", "read");
    await bench.accepted("bob", { type: "receipt.mark", conversationId: "tea", readSeq: 1 });
    expect(await told()).toEqual([]);
    looking.add("tea bob");
    await say(on, "ada", "seen");
    expect(await told()).toEqual([]);
    looking.clear();
    const messageId = await say(on, "ada", "taken back");
    await bench.accepted("ada", { type: "message.delete", conversationId: "tea", messageId });
    expect(await told()).toEqual([]);
  });

  it("[D8] are not told of a conversation they have left meanwhile", async () => {
    const on = pusher();
    await say(on, "ada", "after you");
    await bench.accepted("ada", { type: "participant.remove", conversationId: "tea", userId: "bob" });
    expect(await told()).toEqual([]);
  });

  it("are told by their rules, their level for the conversation, what they mute and follow (row E4)", async () => {
    const on = pusher();
    const mine = notebookOf("bob");
    await note(
      "bob",
      { kind: "notify", conversationId: mine },
      { rules: { level: "mentions", sound: false } },
    );
    const root = await say(on, "ada", "nothing for bob");
    expect(await told()).toEqual([]);
    const ranges = [{ type: "mention", start: 0, end: 4, value: "bob" }];
    await say(on, "ada", "", { content: { text: "@bob", ranges } });
    expect(await told()).toMatchObject([["bob", { text: "@bob", sound: false, count: 1 }]]);
    await note("bob", { kind: "followed", conversationId: "tea", messageId: root }, {});
    await say(on, "ada", "in the thread", { threadId: root });
    expect((await told()).at(-1)).toMatchObject(["bob", { text: "in the thread" }]);
    await note("bob", { kind: "muted", conversationId: "tea" }, {});
    await say(on, "ada", "", { content: { text: "@bob", ranges } });
    expect(await told()).toHaveLength(2);
    await bench.accepted("bob", {
      type: "note.clear",
      conversationId: mine,
      subject: { kind: "muted", conversationId: "tea" },
    });
    await bench.accepted("bob", { type: "participant.notify", conversationId: "tea", notify: "all" });
    await say(on, "ada", "now all");
    expect((await told()).at(-1)).toMatchObject(["bob", { text: "now all" }]);
  });

  it("count as unread nothing of what they muted", async () => {
    const on = pusher();
    await bench.group("loud", "cy", "bob");
    await bench.said("cy", "loud", "noise");
    await note("bob", { kind: "muted", conversationId: "loud" }, {});
    await say(on, "ada", "hi");
    expect(await told()).toMatchObject([["bob", { badge: 1 }]]);
  });

  it("count as unread nothing of whoever they blocked", async () => {
    const on = pusher();
    await say(on, "cy", "buy this");
    await note("bob", { kind: "block", conversationId: notebookOf("bob"), userId: "cy" }, {});
    await say(on, "cy", "and this");
    await say(on, "ada", "hi");
    expect((await told()).filter(([userId]) => userId === "bob")).toMatchObject([["bob", { badge: 1 }]]);
    queued.length = 0;
    await note("bob", { kind: "block", conversationId: notebookOf("bob"), userId: "ada" }, {});
    await say(on, "ada", "hello?");
    expect((await told()).map(([, { badge }]) => badge)).toEqual([0]);
  });

  it("hear nothing of whoever they blocked", async () => {
    const on = pusher({ blocks: async (userId) => ({ own: [], by: userId === "ada" ? ["bob"] : [] }) });
    await say(on, "ada", "from somebody blocked");
    expect(await told()).toEqual([]);
    await say(on, "cy", "from somebody else");
    expect((await told()).map(([userId]) => userId)).toEqual(["ada", "bob"]);
  });

  it("are told no more than they and the conversation want", async () => {
    const on = pusher();
    const bare = { version: 1, conversationId: "tea", count: 1, sound: true };
    await say(on, "ada", "", { content: { sealed: "abc", scheme: "x" } });
    const [sealed] = await told();
    expect(sealed?.[1]).toMatchObject({ ...bare, authorId: "ada" });
    expect(sealed?.[1]).not.toHaveProperty("text");
    await bench.accepted("ada", {
      ...{ type: "conversation.update", conversationId: "tea", name: "Secret" },
      settings: { typing: true, receipts: true, confidential: true },
    });
    await say(on, "ada", "for nobody else");
    const payload = (await told()).at(-1)?.[1];
    expect(Object.keys(payload ?? {}).sort()).toEqual(
      ["version", "conversationId", "messageId", "seq", "count", "sound", "badge"].sort(),
    );
  });

  it("are told the beginning of a long text, with no character cut in two", async () => {
    await say(pusher(), "ada", `${"x".repeat(199)}🎉 and so on`);
    expect((await told())[0]?.[1].text).toBe(`${"x".repeat(199)}…`);
  });

  it("are told at once of what waits, when the server stops", async () => {
    const on = pusher();
    await say(on, "ada", "good night");
    const isFlushed = on.flush();
    await clock.advance(0);
    await isFlushed;
    expect(queued).toHaveLength(1);
    expect(await told()).toHaveLength(1);
  });

  it.each([0, GRACE_MS + 1_000])(
    "are told once of what is heard while the server stops, %i ms on",
    async (onMs) => {
      let go = (): void => {};
      const held = new Promise<void>((resolve) => (go = resolve));
      const on = pusher({ blocks: () => held.then(() => ({ own: [], by: [] })) });
      await say(on, "ada", "one");
      const isFlushed = on.flush();
      await clock.advance(0);
      await say(on, "ada", "two");
      await clock.advance(onMs);
      go();
      await clock.advance(0);
      await isFlushed;
      expect((await told()).map(([, { text, count }]) => [text, count])).toEqual([
        ["one", 1],
        ["two", 1],
      ]);
    },
  );

  it("are told one after the other, and between two of them other work gets its turn", async () => {
    const log: string[] = [];
    for (const userId of ["dan", "eve", "fay"]) {
      await bench.accepted("ada", { type: "participant.add", conversationId: "tea", userId, role: "member" });
      await subscribe(userId, "phone");
    }
    const on = pusher({ add: ({ target }) => log.push(target.userId), soon: setImmediate });
    await say(on, "ada", "everybody");
    let isDone = false;
    const work = (): void => {
      if (isDone) return;
      log.push("other work");
      setImmediate(work);
    };
    setImmediate(work);
    await on.flush();
    isDone = true;
    const people = log.flatMap((each, at) => (each === "other work" ? [] : [at]));
    expect(people).toHaveLength(4);
    for (const at of people.slice(1)) expect(log[at - 1]).toBe("other work");
  });

  it("are told later of other conversations, though the store failed for one", async () => {
    const on = pusher({
      blocks: async (userId) => {
        if (userId === "ada") throw new Error("away");
        return { own: [], by: [] };
      },
    });
    await say(on, "ada", "lost");
    await bench.group("other", "cy", "bob");
    await say(on, "cy", "told", { conversationId: "other" });
    expect((await told()).map(([userId, { text }]) => [userId, text])).toEqual([["bob", "told"]]);
    expect(failures.splice(0)).toHaveLength(1);
  });
});
