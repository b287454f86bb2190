import {
  type Change,
  type ChangesQuery,
  type ConversationRecord,
  defaultPolicy,
  type HistoryQuery,
} from "@tidings/core/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openLibsqlStore } from "../../src/store/libsql/libsql-store.ts";
import { type AsOf, RecentRecords } from "../../src/store/recent/recent-records.ts";
import type { Draft } from "../support/raw-client.ts";
import { Workbench } from "./workbench.ts";

/** Chance that comes again: the same from run to run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % sides;
  };
}

const on = { conversationId: "a" } as const;
const newest: HistoryQuery = { type: "history", ...on, limit: 5 };
const since = (afterRev: number, limit = 50): ChangesQuery => ({ type: "changes", ...on, afterRev, limit });
const send = (text: string): Draft => ({ type: "message.send", ...on, kind: "text", content: { text } });

describe("recent records", () => {
  let bench: Workbench;
  let recent: RecentRecords;
  let edition: string;
  beforeEach(async () => {
    bench = new Workbench(openLibsqlStore());
    recent = new RecentRecords();
    edition = "first";
    await bench.group("a", "ada", "bob");
  });
  afterEach(() => bench.store.close());

  /** What the database tells of the conversation now. */
  const now = async (): Promise<AsOf & { readonly record: ConversationRecord }> => {
    const { head, conversation } = await bench.query("ada", { type: "conversation", ...on });
    return { head, edition, record: conversation };
  };
  /** As of a moment; undefined if the database has to be read. */
  const recall = (asked: ChangesQuery | HistoryQuery, asOf: Awaited<ReturnType<typeof now>>): unknown =>
    asked.type === "changes" ? recent.changes(asOf, asked, asOf.record) : recent.history(asOf, asked);
  /** What the database answers, as far as it is the same for all. */
  const read = async (asked: ChangesQuery | HistoryQuery): Promise<unknown> => {
    if (asked.type === "changes") {
      const { records, upTo } = await bench.query("ada", asked);
      return { records, upTo };
    }
    const { messages, fromSeq, toSeq, floorSeq } = await bench.query("ada", asked);
    return { messages, fromSeq, toSeq, floorSeq };
  };
  /** Reads now, and has it taken over when it is called. */
  const lessonOf = async (asked: ChangesQuery | HistoryQuery): Promise<() => void> => {
    if (asked.type === "changes") {
      const page = await bench.query("ada", asked);
      return () => recent.learnChanges(page, asked, edition);
    }
    const page = await bench.query("ada", asked);
    return () => recent.learnHistory(page, edition);
  };
  const learn = async (asked: ChangesQuery | HistoryQuery): Promise<void> => (await lessonOf(asked))();
  const act = async (draft: Draft): Promise<readonly Change[]> =>
    (await bench.accepted("ada", draft)).changes;
  const say = async (text = "hello"): Promise<void> => recent.hear(await act(send(text)));

  it("[D3, D4] answer word for word as the database would, whatever is told of and whatever is not", async () => {
    let found = 0;
    for (let seed = 1; seed <= 8; seed += 1) {
      const roll = dice(seed);
      bench = new Workbench(openLibsqlStore());
      recent = new RecentRecords();
      await bench.group("a", "ada", "bob");
      const messageIds: string[] = [];
      const times: number[] = [];
      const draftOf = (step: number): Draft => {
        const messageId = messageIds[roll(messageIds.length || 1)];
        const kind = roll(10);
        if (kind < 5 || messageId === undefined) return send(`${seed} ${step}`);
        if (kind < 7) return { type: "message.edit", ...on, messageId, content: { text: `edited ${step}` } };
        if (kind < 8) return { type: "message.react", ...on, messageId, emoji: roll(2) ? "👍" : "🎉" };
        const userId = `user ${roll(3)}`;
        if (kind < 9) return { type: roll(2) ? "participant.add" : "participant.remove", ...on, userId };
        return { type: "conversation.update", ...on, name: `name ${step}` };
      };
      // Moments somebody was let in, and what the database said then.
      const moments: (() => void)[] = [];
      const lessons: (() => void)[] = [];
      for (let step = 0; step < 150; step += 1) {
        const outcome = await bench.outcome(bench.submission("ada", draftOf(step)));
        if (!outcome.ok) continue;
        for (const { record, kind } of outcome.ack.changes)
          if (record.type === "message" && kind === "message.send") {
            messageIds.push(record.id);
            times.push((bench.at += 1));
          }
        // One in ten is not told: lost, or late.
        if (roll(10) > 0) recent.hear(outcome.ack.changes);
        if (roll(3) > 0) for (const take of lessons.splice(0)) take();
        moments.splice(0, moments.length - 6);
        for (const moment of moments) moment();
        if (roll(3) === 0) continue;
        const asOf = await now();
        const { rev, seq } = asOf.head;
        const places = [
          {},
          { before: 1 + roll(seq + 2) },
          { after: roll(seq + 2) },
          { around: 1 + roll(seq + 1) },
          { at: times[roll(times.length || 1)] ?? 0 },
        ];
        const asked: ChangesQuery | HistoryQuery =
          roll(2) > 0
            ? { ...newest, limit: 1 + roll(20), ...places[roll(places.length)] }
            : {
                ...since(Math.max(0, rev - roll(rev + 2)), 1 + roll(20)),
                ...(roll(4) === 0 && { kinds: ["message"] }),
              };
        const answer = await read(asked);
        const compare = (): void => {
          const recalled = recall(asked, asOf);
          if (recalled === undefined) return;
          found += 1;
          expect({ seed, step, asked, recalled }).toEqual({ seed, step, asked, recalled: answer });
        };
        compare();
        // Whoever was let in some changes ago gets what there was then, or nothing.
        moments.push(compare);
        if (roll(2) === 0) lessons.push(await lessonOf(asked));
      }
      await bench.store.close();
    }
    expect(found).toBeGreaterThan(500);
    bench = new Workbench(openLibsqlStore());
  });

  it("know what they have heard, without reading anything", async () => {
    recall(newest, await now());
    await say();
    const { rev } = (await now()).head;
    for (let round = 0; round < 5; round += 1) await say();
    expect(recall(since(rev), await now())).toEqual(await read(since(rev)));
    expect(recall(since(rev - 2), await now())).toBeUndefined();
  });

  it("begin anew with what is read, where something was not told", async () => {
    await learn(since(0));
    await act(send("not told"));
    const { rev } = (await now()).head;
    await act(send("nor this"));
    expect(recall(since(rev), await now())).toBeUndefined();
    await learn(since(rev));
    await say();
    expect(recall(since(rev), await now())).toEqual(await read(since(rev)));
  });

  it("[D4] take what was read before they began for no more than it is", async () => {
    await say();
    const lesson = await lessonOf(since(0));
    await act(send("not told"));
    recall(newest, await now());
    await say("what they begin with");
    lesson();
    expect(recall(since(0), await now())).toBeUndefined();
  });

  it("say that nothing has happened to whoever knows it all, though they know nothing", async () => {
    const { rev } = (await now()).head;
    expect(recall(since(rev), await now())).toEqual({ records: [], upTo: rev });
  });

  it("[D8] give nothing that is newer than what the database has let the reader in for", async () => {
    await learn(since(0));
    await say("before");
    const then = await now();
    const before = await read(since(0));
    await say("after they were removed");
    expect(recall(since(0), then)).toEqual(before);
    const [change] = await act(send("edited later"));
    if (change?.record.type !== "message") throw new Error("no message");
    recent.hear([change]);
    const messageId = change.record.id;
    const unedited = await now();
    const asTheyWere = await read(since(0));
    expect(recall(since(0), unedited)).toEqual(asTheyWere);
    recent.hear(await act({ type: "message.edit", ...on, messageId, content: { text: "secret" } }));
    // How it was is not known any more.
    expect(recall(since(0), unedited)).toBeUndefined();
    expect(recall(since(0), await now())).toEqual(await read(since(0)));
  });

  it("[D8] do not say how it was where somebody has come and gone since, or more was read than heard", async () => {
    await learn(since(0));
    recent.hear(await act({ type: "participant.add", ...on, userId: "cy" }));
    const joined = await now();
    recent.hear(await act({ type: "participant.remove", ...on, userId: "cy" }));
    expect(recall(since(0), joined)).toBeUndefined();
    const [sent] = await act(send("not told"));
    const unedited = await now();
    const messageId = sent?.record.type === "message" ? sent.record.id : "";
    await act({ type: "message.edit", ...on, messageId, content: { text: "nor this" } });
    await learn(since(0));
    expect(recall(since(0), unedited)).toBeUndefined();
    expect(recall(since(0), await now())).toEqual(await read(since(0)));
  });

  it("[D8] forget everything when records have changed without a revision", async () => {
    await learn(since(0));
    await learn(newest);
    expect([recall(since(0), await now()), recall(newest, await now())]).not.toContain(undefined);
    edition = "second";
    expect([recall(since(0), await now()), recall(newest, await now())]).toEqual([undefined, undefined]);
  });

  it("[D9] hold a few hundred messages of a conversation, and a share of long ones", async () => {
    await learn(since(0));
    await learn(newest);
    for (let round = 0; round < 250; round += 1) await say();
    expect(recall(since(0, 500), await now())).toBeUndefined();
    expect(recall({ ...newest, limit: 100 }, await now())).toEqual(await read({ ...newest, limit: 100 }));
    expect(recall({ ...newest, before: 40 }, await now())).toBeUndefined();
    const { textLength: length } = defaultPolicy.limits;
    for (let round = 0; round < 15; round += 1) await say("x".repeat(length));
    expect(recall({ ...newest, limit: 4 }, await now())).toEqual(await read({ ...newest, limit: 4 }));
    expect(recall({ ...newest, limit: 15 }, await now())).toBeUndefined();
  });

  it("[D9] count all of a message, and not only its text", async () => {
    await learn(newest);
    const custom = { made: "x".repeat(3_000) };
    const draft: Draft = { type: "message.send", ...on, kind: "text", content: { text: "short" }, custom };
    for (let round = 0; round < 60; round += 1) recent.hear(await act(draft));
    expect(recall({ ...newest, limit: 5 }, await now())).toEqual(await read({ ...newest, limit: 5 }));
    expect(recall({ ...newest, limit: 50 }, await now())).toBeUndefined();
  });

  it("[D9] let those go that were used longest ago, when all together are too large", async () => {
    recall(newest, await now());
    const [first] = await act(send("x".repeat(9_000)));
    if (!first) throw new Error("no change");
    const hearIn = (conversationId: string): void => recent.hear([{ ...first, conversationId }]);
    const knows = (conversationId: string): boolean => {
      const asOf = { head: { conversationId, rev: first.rev, seq: 1 }, edition };
      const asked = { ...since(first.rev - 1), conversationId };
      return recent.changes(asOf, asked, first.record) !== undefined;
    };
    for (let index = 0; index < 4_000; index += 1) {
      hearIn(`room ${index}`);
      hearIn("a");
    }
    expect([knows("a"), knows("room 3999"), knows("room 1500"), knows("room 0")]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});
