import type { Receipt } from "../protocol/receipts.ts";

/** The receipts of one conversation: per participant the highest watermarks seen (max wins). */
export interface Watermarks {
  readonly all: readonly Receipt[];
  of(userId: string): Receipt | undefined;
  accept(receipt: Receipt): void;
  /** The furthest watermarks of anyone but `userId`. Kept, not searched for: a receipt costs O(1). */
  othersThan(userId: string): { readonly delivered: number; readonly read: number };
  clear(): void;
}

export function createWatermarks(onMove: () => void): Watermarks {
  const receipts = new Map<string, Receipt>();
  let others: { userId: string; delivered: number; read: number } | undefined;

  const include = ({ userId, deliveredSeq, readSeq }: Receipt): void => {
    if (!others || others.userId === userId) return;
    others.delivered = Math.max(others.delivered, deliveredSeq);
    others.read = Math.max(others.read, readSeq);
  };

  return {
    get all() {
      return [...receipts.values()];
    },
    of: (userId) => receipts.get(userId),
    accept(receipt) {
      const { userId, deliveredSeq, readSeq, at } = receipt;
      const known = receipts.get(userId);
      if (known && known.deliveredSeq >= deliveredSeq && known.readSeq >= readSeq) return;
      const merged = known
        ? {
            ...known,
            deliveredSeq: Math.max(known.deliveredSeq, deliveredSeq),
            readSeq: Math.max(known.readSeq, readSeq),
            at: Math.max(known.at, at),
          }
        : receipt;
      receipts.set(userId, merged);
      include(merged);
      onMove();
    },
    othersThan(userId) {
      if (others?.userId !== userId) {
        others = { userId, delivered: 0, read: 0 };
        for (const receipt of receipts.values()) include(receipt);
      }
      return others;
    },
    clear() {
      receipts.clear();
      onMove();
      others = undefined;
    },
  };
}
