import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RadixMap } from "../base/radix-map.ts";
import { addRange, type Ranges } from "../base/ranges.ts";
import { ItemList } from "./items.ts";
import { type Slot, slotOf } from "./slot.ts";
import { holesIn } from "./view.ts";

function messageSlot(seq: number, id: string): Slot {
  return slotOf(
    {
      ...{ type: "message", id, conversationId: "c", rev: 1, seq, kind: "text", authorId: "bob" },
      ...{ content: { text: id }, sentAt: 0, createdAt: 0, version: 0, reactions: [] },
    },
    0,
  );
}

function mapOf(slots: readonly Slot[], keyOf: (slot: Slot, index: number) => number): RadixMap<Slot> {
  return new RadixMap<Slot>().update((write) =>
    slots.forEach((slot, index) => write(keyOf(slot, index), slot)),
  );
}

/** Sequences known, those of them purged at the backend, how many exist beyond, and how many are pending. */
const situation = fc.record({
  known: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 40, size: "max" }),
  purged: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }),
  beyond: fc.nat(3),
  pending: fc.nat(4),
});

type Situation = typeof situation extends fc.Arbitrary<infer Value> ? Value : never;

/** The list, and what it must hold: "m7" for a message, "hole-8" for a hole, "p0" for a pending one. */
function build({ known: seqs, purged, beyond, pending }: Situation): readonly [ItemList, readonly string[]] {
  const sorted = [...seqs].sort((one, other) => one - other);
  let known: Ranges = [];
  for (const seq of sorted) known = addRange(known, seq, seq);
  const isHeld = (seq: number): boolean => seqs.includes(seq) && !purged.includes(seq);
  const held = sorted.filter(isHeld).map((seq) => messageSlot(seq, `m${seq}`));
  const waiting = Array.from({ length: pending }, (_, order) => messageSlot(0, `p${order}`));
  const slots = mapOf(held, ({ message }) => message.seq);
  const tail = mapOf(waiting, (_, order) => order * 3 + 40);
  const headSeq = (sorted.at(-1) ?? 0) + beyond;
  const list = new ItemList({
    ...{ slots, holes: holesIn(known, headSeq, []), tail, reader: "ada" },
    others: { deliveredSeq: 0, readSeq: 0 },
    read: (message) => message,
    seqOf: (id) => (id.startsWith("m") ? Number(id.slice(1)) : undefined),
  });
  const expected: string[] = [];
  known.forEach(({ from, to }, index) => {
    for (let seq = from; seq <= to; seq += 1) if (isHeld(seq)) expected.push(`m${seq}`);
    const next = known[index + 1]?.from ?? headSeq + 1;
    if (next > to + 1) expected.push(`hole-${to + 1}`);
  });
  for (let order = 0; order < pending; order += 1) expected.push(`p${order}`);
  return [list, expected];
}

const keys = (items: Iterable<{ readonly key: string }>): string[] => [...items].map(({ key }) => key);

describe("a list of items", () => {
  it("[D3, D4, L7] is messages in order, holes where some are missing, and what is pending at the end", () => {
    fc.assert(
      fc.property(situation, (given) => {
        const [list, expected] = build(given);
        expect(list.length).toBe(expected.length);
        expect(keys(list)).toEqual(expected);
      }),
    );
  });

  it("slices as an array does", () => {
    const place = fc.option(fc.integer({ min: -70, max: 70 }), { nil: undefined });
    fc.assert(
      fc.property(situation, place, place, (given, from, to) => {
        const [list, expected] = build(given);
        expect(keys(list.slice(from, to))).toEqual(expected.slice(from, to));
      }),
    );
  });

  it("finds an item by its index, from both ends, and a message's index by its id", () => {
    fc.assert(
      fc.property(situation, (given) => {
        const [list, expected] = build(given);
        for (let index = -expected.length - 2; index < expected.length + 2; index += 1) {
          expect(list.at(index)?.key).toBe(expected.at(index));
        }
        const found = expected.map((key) =>
          key.startsWith("h") ? expected.indexOf(key) : list.indexOf(key),
        );
        expect(found).toEqual([...expected.keys()]);
        expect(list.indexOf("m99")).toBe(-1);
        expect(list.indexOf("p9")).toBe(-1);
      }),
    );
  });
});
