import type { Conversation } from "@tidings/core";
import type { Apart } from "./apart.ts";
import type { Device } from "./device.ts";
import { floorOf } from "./keeping.ts";
import { type Account, isIn } from "./ledger.ts";

export type Fault = readonly [law: string, what: string];

/** Watermarks are not numbered, so one that was lost is missed at the next resume only; after one all are right. */
export function* receiptFaults(
  { userId }: Device,
  room: Conversation,
  account: Account,
  { wereApart }: Pick<Apart, "wereApart">,
): Generator<Fault> {
  if (!isIn(account, userId)) return;
  for (const { userId: who, deliveredSeq, readSeq } of account.receipts.values()) {
    if (!isIn(account, who)) continue; // whoever went has taken them along
    if (wereApart(userId, who)) continue; // neither is told how far the other has got
    const shown = room.receipts.get().find((receipt) => receipt.userId === who);
    if (shown?.deliveredSeq !== deliveredSeq || shown.readSeq !== readSeq)
      yield [
        "D5",
        `it has ${who} at ${shown?.deliveredSeq}/${shown?.readSeq} instead of ${deliveredSeq}/${readSeq}`,
      ];
  }
  const readSeq = account.receipts.get(userId)?.readSeq ?? 0;
  const unread = [...account.records.values()].filter(
    (record) =>
      record.type === "message" &&
      record.seq > Math.max(readSeq, floorOf(account) - 1) &&
      record.authorId !== userId &&
      record.deletedAt === undefined,
  ).length;
  if (room.unread.get() !== unread)
    yield ["D5", `it counts ${room.unread.get()} unread instead of ${unread}`];
}
