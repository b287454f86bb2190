import type { Conversation } from "@tidings/core";
import type { Change, ConversationRetention } from "@tidings/core/protocol";
import type { Account } from "./ledger.ts";

/** Watches what is not kept: nothing goes before its time. */
export interface Keeping {
  took(changes: readonly Change[]): void;
  erase(): void;
}

/** What somebody wanted to be kept, for as long as they did. */
interface Wish {
  readonly retention: ConversationRetention | undefined;
  /** When it was taken back, and how many messages there were by then. */
  until?: { readonly atMs: number; readonly seq: number };
}

export function createKeeping(
  accountOf: (conversationId: string) => Account,
  now: () => number,
  violate: (law: string, what: string) => void,
): Keeping {
  const wishes = new Map<string, Wish[]>();
  const floors = new Map<string, number>();
  return {
    took(changes) {
      for (const { record } of changes) {
        if (record.type !== "conversation") continue;
        const { conversationId: id, settings, floorSeq = 1 } = record;
        const account = accountOf(id);
        const known = wishes.get(id) ?? [];
        const floor = floors.get(id) ?? 1;
        if (floorSeq < floor) violate("D3", `what is kept of ${id} begins at ${floorSeq}, after ${floor}`);
        for (let seq = floor; seq < floorSeq; seq += 1)
          if (!known.some((wish) => isOver(account, seq, wish, now())))
            violate("D1", `message ${seq} of ${id} is gone, and nobody wanted that`);
        floors.set(id, floorSeq);
        const last = known.at(-1);
        if (JSON.stringify(last?.retention) === JSON.stringify(settings.retention)) continue;
        if (last) last.until = { atMs: now(), seq: account.order.length };
        wishes.set(id, [...known, { retention: settings.retention }]);
      }
    },
    erase() {
      wishes.clear();
      floors.clear();
    },
  };
}

/** Is this message not to be kept any more, by a wish that stood until then? */
function isOver(account: Account, seq: number, { retention, until }: Wish, now: number): boolean {
  const { maxMessages = Infinity, maxAgeMs = Infinity } = retention ?? {};
  const newest = until?.seq ?? account.order.length;
  return seq <= newest - maxMessages || sentAt(account, seq) < (until?.atMs ?? now) - maxAgeMs;
}

function sentAt({ order, records }: Account, seq: number): number {
  const record = records.get(order[seq - 1] ?? "");
  return record?.type === "message" ? record.createdAt : Infinity;
}

/** The oldest place of which a message is kept, as everybody is told. */
export function floorOf({ records }: Pick<Account, "records">): number {
  const record = records.get("conversation");
  return (record?.type === "conversation" && record.floorSeq) || 1;
}

/** Once all is at rest and tidied up, nothing that is not to be kept is at the server. @param atMs - when it was. */
export function* leftovers(account: Account, atMs: number): Generator<string> {
  const record = account.records.get("conversation");
  if (record?.type !== "conversation") return;
  const { retention } = record.settings;
  for (let seq = floorOf(account); seq <= account.order.length; seq += 1)
    if (isOver(account, seq, { retention }, atMs)) yield `message ${seq} is still there`;
}

/** Nor on a screen, nor on a disk. */
export function* relics({ timeline }: Conversation, account: Account): Generator<string> {
  const floor = floorOf(account);
  const { items, hasOlder } = timeline.get();
  for (const item of items)
    if (item.type === "message" && item.message.seq > 0 && item.message.seq < floor)
      yield `it shows ${item.message.seq}, and only what is from ${floor} on is kept`;
  const first = items.slice(0, 1)[0];
  const from = first?.type === "message" ? first.message.seq : first?.fromSeq;
  if (hasOlder && from === floor) yield "it says that there is more to be read";
}
