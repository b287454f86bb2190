import type { Receipt } from "../protocol/receipts.ts";

/** How far somebody has got in a conversation. It only rises: the higher one counts, whatever comes when. */
export type Watermark = Pick<Receipt, "deliveredSeq" | "readSeq">;

export const nowhere: Watermark = { deliveredSeq: 0, readSeq: 0 };

/** Does `one` go further than `other`? */
export function isAbove(one: Watermark, other: Watermark): boolean {
  return one.deliveredSeq > other.deliveredSeq || one.readSeq > other.readSeq;
}

/** As far as either goes; what was read was delivered. */
export function highest(one: Watermark, other: Watermark): Watermark {
  const readSeq = Math.max(one.readSeq, other.readSeq);
  return { readSeq, deliveredSeq: Math.max(one.deliveredSeq, other.deliveredSeq, readSeq) };
}
