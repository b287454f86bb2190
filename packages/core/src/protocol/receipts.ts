import * as z from "zod/mini";
import { count, id, type Schema } from "./schema.ts";

/**
 * How far one participant has got: everything up to these sequences was delivered to, or read by, them.
 * The higher number wins, so receipts may be lost, repeated or reordered.
 */
export interface Receipt {
  readonly conversationId: string;
  readonly userId: string;
  readonly deliveredSeq: number;
  /** Never above `deliveredSeq`. */
  readonly readSeq: number;
  /** When it last moved, server time in ms. */
  readonly at: number;
}

export const receipt: Schema<Receipt> = z.object({
  conversationId: id,
  userId: id,
  deliveredSeq: count,
  readSeq: count,
  at: count,
});
