import type {
  Ack,
  ChangesPage,
  Command,
  ConversationSummary,
  HistoryPage,
  MessageRecord,
  Page,
  ParticipantRecord,
  Query,
} from "@tidings/core/protocol";
import { notebookOf } from "@tidings/core/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Backend, createBackend } from "../../src/backend/index.ts";
import { mark, newId, say } from "../harness.ts";
import { createDynamo, type Dynamo } from "../../src/backend/dynamo.ts";
import { createTable } from "../dynamo/cloud-formation.ts";
import { START_MS } from "../dynamo/dynamodb-local.ts";
import { type DynamoPlace, places } from "../dynamo/places.ts";
import { template } from "./template.ts";

const DAY_MS = 24 * 3_600_000;
const none = { expected: "conversation/not-found" };

const table = "chat";

describe.each(places)("the function behind AppSync, on %s", { timeout: START_MS }, (_name, open) => {
  let place: DynamoPlace;
  let database: Dynamo;
  let backend: Backend;
  beforeAll(async () => {
    place = await open();
    await createTable(place.send, template, "Table", table);
    database = createDynamo({ table, send: place.send });
    backend = createBackend({ database, epoch: "1" });
  }, START_MS);
  afterAll(() => place.close());

  /** The value of a field; of one that was refused, its code. */
  const ask = async <T>(userId: string, query: Query, from: Backend = backend): Promise<T> => {
    const answer = await from({ field: "ask", args: { query }, userId });
    if ("error" in answer) throw new Error(answer.error.code);
    return Object(answer.value);
  };
  const submit = async (userId: string, command: Command): Promise<Ack> => {
    const { conversationId } = command;
    const answer = await backend({ field: "submit", args: { conversationId, command }, userId });
    if ("error" in answer) throw new Error(answer.error.code);
    return Object(answer.value).payload;
  };
  const common = (): { readonly commandId: string; readonly at: number } => ({ commandId: newId(), at: 0 });
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "done",
      (error: Error) => error.message,
    );
  let rooms = 0;
  /** A new conversation of Ada's. */
  const begin = async (...others: readonly string[]): Promise<string> => {
    rooms += 1;
    const conversationId = `room ${rooms}`;
    const participants = others.map((userId) => ({ userId }));
    const common = { commandId: newId(), conversationId, at: 0, kind: "group", participants } as const;
    await submit("ada", { type: "conversation.create", ...common });
    return conversationId;
  };
  const rowsOf = async (
    pk: string,
  ): Promise<readonly Readonly<Record<string, { S: string; N: string }>>[]> => {
    const KeyConditionExpression = "pk = :pk";
    const ExpressionAttributeValues = { ":pk": { S: pk } };
    const asked = { TableName: table, KeyConditionExpression, ExpressionAttributeValues };
    const { body } = await place.send("Query", asked);
    return [Object(body).Items].flat();
  };

  it("honours a block, whoever of the two has made it, until it is lifted (row D10)", async () => {
    const direct = async (one: string, other: string): Promise<string> => {
      rooms += 1;
      const conversationId = `pair ${rooms}`;
      const participants = [{ userId: other }];
      await submit(one, {
        ...common(),
        ...{ type: "conversation.create", conversationId, kind: "direct", participants },
      });
      return conversationId;
    };
    const [pair, room] = [await direct("amy", "eve"), await begin("amy", "eve")];
    const conversationId = notebookOf("amy");
    const on = { conversationId, subject: { kind: "block", conversationId, userId: "eve" } } as const;
    const first = say("hello", pair);
    const everything = async (): Promise<readonly string[]> => {
      const codes: string[] = [];
      for (const [one, other] of [
        ["eve", "amy"],
        ["amy", "eve"],
      ] as const) {
        codes.push(await codeOf(submit(one, one === "eve" ? first : say("hi", pair))));
        codes.push(await codeOf(direct(one, other)));
        codes.push(
          await codeOf(
            submit(one, { ...common(), type: "participant.add", conversationId: pair, userId: other }),
          ),
        );
      }
      return codes;
    };
    await submit("amy", { ...common(), ...on, type: "note.set", value: {} });
    expect(await everything()).toEqual(Array.from({ length: 6 }, () => "participant/unreachable"));
    expect(await codeOf(submit("eve", say("to all", room)))).toBe("done");
    expect(await codeOf(submit("eve", { ...mark(1, pair) }))).toBe("done");
    await submit("amy", { ...common(), ...on, type: "note.clear" });
    expect((await everything()).filter((code) => code === "participant/unreachable")).toEqual([]);
    const { messages } = await ask<HistoryPage>("amy", { type: "history", conversationId: pair, limit: 9 });
    expect(messages.map(({ content }) => Object(content).text)).toEqual(["hello", "hi"]);
  });

  it("[D2] [D3] [D4] takes eight writers at once, each third message twice, and a reader misses none", async () => {
    const writers = Array.from({ length: 8 }, (_, index) => `writer ${index}`);
    const conversationId = await begin(...writers);
    const total = writers.length * 3;
    const until = async (userId: string, command: Command): Promise<void> => {
      while ((await codeOf(submit(userId, command))) === "server/unavailable");
    };
    const writing = writers.map(async (userId) => {
      for (let index = 0; index < 3; index += 1) {
        const command = say(`${userId} ${index}`, conversationId);
        const again = index % 3 === 0 ? [until(userId, command)] : [];
        await Promise.all([until(userId, command), ...again]);
      }
    });
    const seen: MessageRecord[] = [];
    const revs: number[] = [];
    let cursor = 0;
    while (seen.length < total) {
      const query = { type: "changes", conversationId, afterRev: cursor, limit: 7 } as const;
      const page = await ask<ChangesPage>("ada", query);
      for (const record of page.records) {
        revs.push(record.rev);
        if (record.type === "message") seen.push(record);
      }
      cursor = page.upTo;
    }
    await Promise.all(writing);
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1));
    expect(revs).toEqual(revs.map((_, index) => index + 1));
    expect(new Set(seen.map(({ content }) => JSON.stringify(content))).size).toBe(total);
    expect((await ask<ConversationSummary>("ada", { type: "conversation", conversationId })).head.seq).toBe(
      total,
    );
  });

  it("keeps notes for whoever made them, in no list, and finds what belongs together (rows E4, F3)", async () => {
    const conversationId = await begin("bea");
    const root = say("shall we?", conversationId);
    await submit("ada", root);
    const reply: Command = { ...say("yes", conversationId), ...{ threadId: root.commandId } };
    await submit("bea", reply);
    await submit("ada", { ...common(), type: "message.pin", conversationId, messageId: root.commandId });
    const subject = { kind: "bookmark", conversationId, messageId: root.commandId } as const;
    const notebook = "~/bea";
    const set: Command = { ...common(), type: "note.set", conversationId: notebook, subject, value: {} };
    const ack = await submit("bea", set);
    expect(ack.changes.map(({ record }) => record.type)).toEqual(["conversation", "participant", "note"]);
    expect(await submit("bea", set)).toEqual(ack);
    const notes = { type: "notes", conversationId: notebook, limit: 10 } as const;
    expect(await ask("bea", notes)).toMatchObject({ items: [{ subject, value: {} }] });
    expect(await ask("bea", { ...notes, kind: "draft" })).toEqual({ items: [] });
    expect(await codeOf(ask("ada", notes))).toBe(none.expected);
    expect(await codeOf(submit("ada", { ...set, commandId: newId() }))).toBe(none.expected);
    const listed = await ask<Page<ConversationSummary>>("bea", { type: "conversations", limit: 10 });
    expect(listed.items.map(({ conversation }) => conversation.conversationId)).not.toContain(notebook);
    await submit("bea", { ...common(), type: "note.clear", conversationId: notebook, subject });
    expect(await ask("bea", notes)).toEqual({ items: [] });
    const caughtUp = await ask<ChangesPage>("bea", {
      type: "changes",
      conversationId: notebook,
      afterRev: 2,
      limit: 9,
    });
    expect(caughtUp.records).toMatchObject([{ type: "note", rev: 4 }]);

    const thread = { type: "thread", conversationId, threadId: root.commandId, limit: 5 } as const;
    expect(await ask("bea", thread)).toMatchObject({
      ...{ root: { id: root.commandId }, replies: 1, userIds: ["bea"], hasOlder: false },
      messages: [{ id: reply.commandId }],
    });
    expect(await ask("bea", { type: "pins", conversationId })).toMatchObject([{ id: root.commandId }]);
    const messageIds = [root.commandId, newId()];
    const found = await ask<readonly MessageRecord[]>("bea", {
      type: "messages",
      conversationId,
      messageIds,
    });
    expect(found).toMatchObject([{ id: root.commandId }]);
    const day = await ask<HistoryPage>("bea", { type: "history", conversationId, at: 1, limit: 5 });
    expect(day.messages).toHaveLength(2);
  });

  it("[D2] answers a command that comes again as it did at first, refusals too, and nobody else", async () => {
    const conversationId = await begin("bob");
    const hello = say("hello", conversationId);
    const first = await submit("ada", hello);
    expect(await submit("ada", hello)).toEqual(first);
    expect(await codeOf(submit("bob", hello))).toBe("command/id-taken");
    const join: Command = {
      type: "participant.remove",
      userId: "ada",
      commandId: newId(),
      conversationId,
      at: 0,
    };
    expect(await codeOf(submit("bob", join))).toBe("permission/denied");
    await submit("ada", {
      type: "participant.role",
      userId: "bob",
      role: "owner",
      commandId: newId(),
      conversationId,
      at: 0,
    });
    expect(await codeOf(submit("bob", join))).toBe("permission/denied");
    const history = await ask<HistoryPage>("bob", { type: "history", conversationId, limit: 10 });
    expect(history.messages).toHaveLength(1);
  });

  it("[D8] tells an outsider nothing, of what there is as of what there is not", async () => {
    const conversationId = await begin("bob");
    const { commandId: messageId } = say("secret", conversationId);
    for (const id of [conversationId, "nowhere"]) {
      const page = { conversationId: id, limit: 10 };
      const asked: readonly Query[] = [
        { type: "changes", ...page, afterRev: 0 },
        { type: "history", ...page },
        { type: "conversation", conversationId: id },
        { type: "participants", ...page },
        { type: "receipts", ...page },
        { type: "versions", conversationId: id, messageId },
        { type: "reactors", ...page, messageId, emoji: "👍" },
      ];
      const codes = await Promise.all(asked.map((query) => codeOf(ask("eve", query))));
      const acted = await Promise.all([say("x", id), mark(1, id)].map((each) => codeOf(submit("eve", each))));
      expect([...codes, ...acted]).toEqual(Array(9).fill(none.expected));
    }
    await submit("ada", {
      type: "participant.remove",
      userId: "bob",
      commandId: newId(),
      conversationId,
      at: 0,
    });
    expect(await codeOf(ask("bob", { type: "conversation", conversationId }))).toBe(none.expected);
    expect(await backend({ field: "heads", args: {}, userId: "bob" })).not.toMatchObject({
      value: expect.arrayContaining([expect.objectContaining({ conversationId })]),
    });
  });

  it("pages through history, changes, people and conversations", async () => {
    const conversationId = await begin("bob", "cat", "dan");
    for (let index = 1; index <= 5; index += 1) await submit("ada", say(`${index}`, conversationId));
    const seqs = async (place: object): Promise<readonly number[]> => {
      const query = { type: "history", conversationId, limit: 2, ...place } as const;
      return (await ask<HistoryPage>("bob", query)).messages.map(({ seq }) => seq);
    };
    expect(await Promise.all([{}, { before: 4 }, { after: 1 }, { around: 3 }].map(seqs))).toEqual([
      [4, 5],
      [2, 3],
      [2, 3],
      [2, 3],
    ]);
    const people: string[] = [];
    let after: string | undefined;
    do {
      const query = { type: "participants", conversationId, limit: 3, ...(after && { after }) } as const;
      const page = await ask<Page<ParticipantRecord>>("bob", query);
      people.push(...page.items.map(({ userId }) => userId));
      after = page.next;
    } while (after);
    expect(people).toEqual(["ada", "bob", "cat", "dan"]);
    await begin("dan");
    const newest = await ask<Page<ConversationSummary>>("dan", { type: "conversations", limit: 1 });
    const rest = { type: "conversations", limit: 1, after: newest.next ?? "" } as const;
    const older = await ask<Page<ConversationSummary>>("dan", rest);
    expect(older.next).toBeUndefined();
    expect(older.items[0]).toMatchObject({ head: { conversationId, seq: 5 }, unread: 5, memberCount: 4 });
    const beyond = { type: "changes", conversationId, afterRev: 99, limit: 10 } as const;
    expect(await ask<ChangesPage>("bob", beyond)).toMatchObject({ reset: true, records: [] });
  });

  it("keeps watermarks apart from revisions, and lets them only rise", async () => {
    const conversationId = await begin("bob");
    await submit("ada", say("1", conversationId));
    const before = await ask<ConversationSummary>("bob", { type: "conversation", conversationId });
    const marks = await Promise.all([
      submit("bob", mark(9, conversationId)),
      submit("bob", mark(1, conversationId)),
    ]);
    expect(marks.map(({ changes }) => changes)).toEqual([[], []]);
    const now = await ask<ConversationSummary>("bob", { type: "conversation", conversationId });
    expect([before.unread, now.unread, now.head.rev - before.head.rev]).toEqual([1, 0, 0]);
    expect(await ask("ada", { type: "receipts", conversationId, limit: 9 })).toMatchObject({
      items: [{ userId: "bob", readSeq: 1, deliveredSeq: 1 }],
    });
  });

  it("shows who reacted and what was said before, and nothing of it once the message is deleted", async () => {
    const conversationId = await begin("bob");
    const message = say("a secret", conversationId);
    const { commandId: messageId } = message;
    const on = { messageId, conversationId, at: 0 };
    await submit("ada", message);
    await submit("bob", { type: "message.react", emoji: "#️⃣", commandId: newId(), ...on });
    await submit("ada", { type: "message.edit", content: { text: "less" }, commandId: newId(), ...on });
    const reactors: Query = { type: "reactors", conversationId, messageId, emoji: "#️⃣", limit: 9 };
    const versions: Query = { type: "versions", conversationId, messageId };
    expect(await ask("ada", reactors)).toEqual({ items: ["bob"] });
    expect(await ask("ada", versions)).toMatchObject([{ version: 0, content: { text: "a secret" } }]);
    await submit("ada", { type: "message.delete", commandId: newId(), ...on });
    expect([await ask("ada", reactors), await ask("ada", versions)]).toEqual([{ items: [] }, []]);
    expect(JSON.stringify(await rowsOf(`K#${messageId}`))).not.toContain("secret");
  });

  it("lets messages and what goes with them expire after a year, answers after 30 days, and shows none that is due", async () => {
    const conversationId = await begin("bob");
    const [old, pinned] = [say("old", conversationId), say("pinned", conversationId)];
    const { changes } = await submit("ada", old);
    await submit("ada", pinned);
    const on = { messageId: pinned.commandId, conversationId, at: 0 };
    await submit("ada", { type: "message.pin", commandId: newId(), ...on });
    const rows = await rowsOf(`C#${conversationId}`);
    const expiresAt = (sk: string): number =>
      Number(rows.find((each) => each["sk"]?.S === sk)?.["expiresAt"]?.N);
    const seconds = (days: number): number => Math.ceil(((changes[0]?.at ?? 0) + days * DAY_MS) / 1_000);
    expect(expiresAt(`M#${old.commandId}`)).toBe(seconds(365));
    expect(["META", "P#ada", `M#${pinned.commandId}`].map(expiresAt)).toEqual([NaN, NaN, NaN]);
    const [answer] = await rowsOf(`K#${old.commandId}`);
    expect(Number(answer?.["expiresAt"]?.N)).toBe(seconds(30));
    const { body } = await place.send("DescribeTimeToLive", { TableName: table });
    expect(body).toMatchObject({
      TimeToLiveDescription: { AttributeName: "expiresAt", TimeToLiveStatus: "ENABLED" },
    });
    const clock = { now: () => Date.now() + 366 * DAY_MS, after: () => () => {} };
    const later = createBackend({ database, epoch: "1", clock });
    const history = await ask<HistoryPage>("bob", { type: "history", conversationId, limit: 9 }, later);
    expect(history).toMatchObject({ messages: [], floorSeq: 3, head: { seq: 2 } });
  });

  it("[D4] shows the first message also once it is pinned", async () => {
    const conversationId = await begin("bob");
    const [first, second] = [say("rules of this room", conversationId), say("hello", conversationId)];
    await submit("ada", first);
    await submit("ada", second);
    const on = { messageId: first.commandId, conversationId, at: 0 };
    await submit("ada", { type: "message.pin", commandId: newId(), ...on });
    const history = await ask<HistoryPage>("bob", { type: "history", conversationId, limit: 9 });
    expect(history).toMatchObject({ messages: [{ seq: 1 }, { seq: 2 }], floorSeq: 1 });
  });

  it("refuses alone what cannot be read, and what a transaction could not hold", async () => {
    const args = { conversationId: "room 1", command: { type: "message.send", commandId: "x" } };
    expect(await backend({ field: "submit", args, userId: "ada" })).toMatchObject({
      error: { code: "command/malformed", retryable: false },
    });
    expect(await backend({ field: "ask", args: { query: {} }, userId: "ada" })).toMatchObject({
      error: { code: "query/malformed" },
    });
    const people = Array.from({ length: 45 }, (_, index) => `guest ${index}`);
    expect(await begin(...people)).toMatch(/^room/);
    expect(await codeOf(begin(...people, "one more"))).toMatch(/\//);
  });
});
