import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryCommand, people } from "../../test/arbitrary.ts";
import { enter, type Guest, inGeneral, text } from "../../test/guest.ts";
import { mint } from "../../test/ledger.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import type { HistoryQuery } from "../protocol/queries.ts";
import type { AnyRecord } from "../protocol/records.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { virtualClock } from "../testing/virtual-clock.ts";
import { createMemoryBackend, type MemoryBackend } from "./backend.ts";

const within = { conversationId: "general" };

function setUp(): MemoryBackend {
  return createMemoryBackend({ clock: virtualClock(1_000), random: seededRandom(1) });
}

/** ada, in a conversation with `count` messages by bob. */
async function withMessages(count: number): Promise<{ backend: MemoryBackend; ada: Guest; ids: string[] }> {
  const backend = setUp();
  const ada = await enter(backend.transport("ada"));
  const bob = await enter(backend.transport("bob"));
  const acks = await Promise.all(Array.from({ length: count }, (_, index) => bob.say(`${index + 1}`)));
  return { backend, ada, ids: acks.map(({ commandId }) => commandId) };
}

// Hundreds of runs, on a machine that may be busy with other tests.
const patience = { timeout: 60_000 };

describe("history", patience, () => {
  /** What the page must hold, by the words of the query alone. */
  function expected({ before, after, around, limit }: HistoryQuery, floor: number, newest: number): number[] {
    const all = Array.from({ length: newest - floor + 1 }, (_, index) => floor + index);
    if (around !== undefined) {
      const first = Math.max(
        0,
        Math.min(
          all.findIndex((seq) => seq >= around - (limit >> 1)),
          all.length - limit,
        ),
      );
      return all.at(-1) === undefined
        ? []
        : around - (limit >> 1) > newest
          ? all.slice(-limit)
          : all.slice(first, first + limit);
    }
    const inside = all.filter((seq) => seq < (before ?? Infinity) && seq > (after ?? 0));
    return after === undefined ? inside.slice(-limit) : inside.slice(0, limit);
  }

  it("answers exactly what was asked, wherever the window lies", async () => {
    const { backend, ada } = await withMessages(12);
    for (const floor of [1, 5, 13]) {
      backend.faults.prune({ keepMessages: 13 - floor });
      const place = fc.nat(15);
      const query: fc.Arbitrary<HistoryQuery> = fc.record(
        {
          type: fc.constant("history" as const),
          conversationId: fc.constant("general"),
          limit: fc.integer({ min: 1, max: 15 }),
          before: place,
          after: place,
          around: place,
        },
        { requiredKeys: ["type", "conversationId", "limit"] },
      );
      await fc.assert(
        fc.asyncProperty(query, async (asked) => {
          const page = await ada.link.query(asked);
          const seqs = expected(asked, floor, 12);
          expect(page.messages.map(({ seq }) => seq)).toEqual(seqs);
          expect([page.fromSeq, page.toSeq]).toEqual([seqs[0] ?? 0, seqs.at(-1) ?? 0]);
          expect(page).toMatchObject({ floorSeq: floor, head: { seq: 12 } });
        }),
        { numRuns: 150 },
      );
    }
  });

  it("is empty where nothing was said", async () => {
    const { ada } = await withMessages(0);
    expect(await ada.link.query({ type: "history", ...within, limit: 5 })).toMatchObject({
      messages: [],
      fromSeq: 0,
      toSeq: 0,
      floorSeq: 1,
    });
  });

  it("never gives a longer page than the policy says", async () => {
    const { backend, ada } = await withMessages(9);
    backend.setPolicy({ ...defaultPolicy, limits: { ...defaultPolicy.limits, pageSize: 4 } });
    expect((await ada.link.query({ type: "history", ...within, limit: 100 })).messages).toHaveLength(4);
  });
});

describe("changes", patience, () => {
  it("[D4] pages, of whatever length and from wherever, leave out nothing", async () => {
    const ids = [mint(), mint(), mint()];
    const step = fc.record({
      actor: fc.constantFrom(...people),
      bare: arbitraryCommand(ids),
      asSent: fc.constantFrom(...ids),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40, size: "max" }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat(20),
        async (life, limit, from) => {
          const backend = setUp();
          const reader = await enter(backend.transport("reader"));
          const state = new Map<string, AnyRecord>();
          const known = new Map<string, AnyRecord>();
          const keep = (records: ReadonlyMap<string, AnyRecord>, record: AnyRecord): void => {
            const key =
              record.type === "message" ? record.id : record.type === "participant" ? record.userId : "";
            if ((records.get(key)?.rev ?? 0) < record.rev)
              (records === state ? state : known).set(key, record);
          };
          for (const { actor, bare, asSent } of life) {
            const command =
              bare.type === "message.send" ? { ...inGeneral(bare), commandId: asSent } : inGeneral(bare);
            try {
              for (const { record } of backend.act(actor, command, { system: true }).changes)
                keep(state, record);
            } catch {
              // refused: nothing changed
            }
          }
          const self = await reader.link.query({ type: "conversation", ...within }).catch(() => undefined);
          if (!self) return; // the reader was thrown out
          let afterRev = Math.min(from, self.head.rev);
          const begun = afterRev;
          for (let pages = 0; afterRev < self.head.rev; pages += 1) {
            const page = await reader.link.query({ type: "changes", ...within, afterRev, limit });
            expect(page.records.length).toBeLessThanOrEqual(limit);
            expect(page.records.every(({ rev }) => rev > afterRev && rev <= page.upTo)).toBe(true);
            expect(page.upTo).toBeGreaterThan(afterRev);
            expect(page.reset).toBe(false);
            for (const record of page.records) keep(known, record);
            afterRev = page.upTo;
          }
          const room = state.get("");
          const floorSeq = room?.type === "conversation" ? (room.floorSeq ?? 1) : 1;
          const isKept = (record: AnyRecord): boolean => record.type !== "message" || record.seq >= floorSeq;
          const missed = [...state].filter(([, record]) => record.rev > begun && isKept(record));
          for (const [key, record] of missed) expect(known.get(key)).toEqual(record);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("gives each record once, as it is now, and only the kinds asked for", async () => {
    const { ada, ids } = await withMessages(2);
    await ada.submit({ type: "message.react", messageId: ids[0] ?? "", emoji: "👍" });
    const all = await ada.link.query({ type: "changes", ...within, afterRev: 0, limit: 100 });
    expect(all.records.map(({ type, rev }) => [type, rev])).toEqual([
      ["conversation", 1],
      ["participant", 2],
      ["participant", 3],
      ["message", 5],
      ["message", 6],
    ]);
    const messages = await ada.link.query({
      type: "changes",
      ...within,
      afterRev: 0,
      limit: 1,
      kinds: ["message"],
    });
    expect(messages).toMatchObject({ records: [{ rev: 5 }], upTo: 5, head: { rev: 6 } });
    const rest = await ada.link.query({
      type: "changes",
      ...within,
      afterRev: 5,
      limit: 9,
      kinds: ["conversation"],
    });
    expect(rest).toMatchObject({ records: [], upTo: 6 });
  });

  it("says so when it can no longer tell, and when the cursor is from another life", async () => {
    const { backend, ada } = await withMessages(3);
    const after = async (afterRev: number): Promise<boolean> =>
      (await ada.link.query({ type: "changes", ...within, afterRev, limit: 9 })).reset;
    expect([await after(5), await after(6), await after(7)]).toEqual([false, false, true]);
    backend.faults.prune();
    expect([await after(5), await after(6)]).toEqual([true, false]);
    expect((await ada.link.query({ type: "history", ...within, limit: 9 })).messages).toHaveLength(3);
  });
});

describe("conversations", () => {
  it("come the most recently active first, in pages that leave out and repeat nothing", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const backend = createMemoryBackend({
      clock: virtualClock(),
      conversations: names.map((conversationId) => ({ conversationId })),
    });
    const ada = await enter(backend.transport("ada"));
    for (const conversationId of ["c", "a"])
      await ada.link.submit({ ...inGeneral(text("x")), conversationId });
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await ada.link.query({
        type: "conversations",
        limit: 2,
        ...(after !== undefined && { after }),
      });
      seen.push(...page.items.map(({ head }) => head.conversationId));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(["a", "c", "e", "d", "b"]);
  });

  it("count as unread what others said, is not deleted, and was not read", async () => {
    const { ada, ids, backend } = await withMessages(4);
    await ada.say("my own");
    await ada.submit({ type: "receipt.mark", readSeq: 1 });
    backend.act("boss", inGeneral({ type: "message.delete", messageId: ids[2] ?? "" }), { system: true });
    expect(await ada.link.query({ type: "conversation", ...within })).toMatchObject({
      unread: 2,
      memberCount: 2,
      head: { seq: 5 },
      self: { userId: "ada" },
      lastMessage: { seq: 5, content: { text: "my own" } },
      receipt: { userId: "ada", readSeq: 1 },
    });
  });
});

describe("lists of people", () => {
  it("participants: who is in, paged by id", async () => {
    const backend = setUp();
    for (const userId of ["d", "b", "a", "c"]) await enter(backend.transport(userId));
    const ada = await enter(backend.transport("ada"));
    backend.act("boss", inGeneral({ type: "participant.remove", userId: "b" }), { system: true });
    const first = await ada.link.query({ type: "participants", ...within, limit: 2 });
    expect(first.items.map(({ userId }) => userId)).toEqual(["a", "ada"]);
    const second = await ada.link.query({
      type: "participants",
      ...within,
      limit: 2,
      after: first.next ?? "",
    });
    expect(second.items.map(({ userId }) => userId)).toEqual(["c", "d"]);
    expect(second.next).toBeUndefined();
  });

  it("reactors: everybody, beyond the names on the record; one's own come with each page", async () => {
    const { backend, ids, ada } = await withMessages(1);
    const messageId = ids[0] ?? "";
    const emoji = "👍";
    for (let index = 0; index < 9; index += 1) {
      backend.act(`u${index}`, inGeneral({ type: "message.react", messageId, emoji }), { system: true });
    }
    await ada.submit({ type: "message.react", messageId, emoji });
    const query = { type: "reactors", ...within, messageId, emoji } as const;
    expect((await ada.link.query({ ...query, limit: 100 })).items).toHaveLength(10);
    expect(await ada.link.query({ ...query, limit: 2 })).toEqual({ items: ["ada", "u0"], next: "u0" });
    await ada.submit({ type: "message.react", messageId, emoji: "🎉" }); // named on the record, so not told again
    const own = { [messageId]: [emoji] };
    expect(await ada.link.query({ type: "history", ...within, limit: 1 })).toHaveProperty("own", own);
    expect(await ada.link.query({ type: "changes", ...within, limit: 9, afterRev: 4 })).toMatchObject({
      own,
    });
    await expect(ada.link.query({ ...query, limit: 1, messageId: mint() })).rejects.toMatchObject({
      code: "message/not-found",
    });
  });

  it("receipts: the watermarks of who is in", async () => {
    const { ada } = await withMessages(2);
    await ada.submit({ type: "receipt.mark", deliveredSeq: 2, readSeq: 1 });
    expect(await ada.link.query({ type: "receipts", ...within, limit: 9 })).toEqual({
      items: [{ conversationId: "general", userId: "ada", deliveredSeq: 2, readSeq: 1, at: 1_000 }],
    });
  });
});

describe("versions", () => {
  it("are the earlier texts, oldest first, and nobody's once the message is deleted", async () => {
    const backend = setUp();
    const ada = await enter(backend.transport("ada"));
    const { commandId: messageId } = await ada.say("one");
    for (const words of ["two", "three"]) {
      await ada.submit({ type: "message.edit", messageId, content: { text: words } });
    }
    const query = { type: "versions", ...within, messageId } as const;
    expect((await ada.link.query(query)).map(({ content }) => content)).toEqual([
      { text: "one" },
      { text: "two" },
    ]);
    await ada.submit({ type: "message.delete", messageId });
    expect(await ada.link.query(query)).toEqual([]);
  });
});

describe("a malformed query", () => {
  it("is refused", async () => {
    const ada = await enter(setUp().transport("ada"));
    await expect(ada.link.query({ type: "history", ...within, limit: 0 })).rejects.toMatchObject({
      code: "query/malformed",
    });
  });
});
