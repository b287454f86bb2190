import { describe, expect, it } from "vitest";
import { type Ledger, withCast } from "../../test/ledger.ts";

function mark(ledger: Ledger, deliveredSeq?: number, readSeq?: number): readonly number[] | "same" {
  const marks = {
    ...(deliveredSeq !== undefined && { deliveredSeq }),
    ...(readSeq !== undefined && { readSeq }),
  };
  const { changes, receipt } = ledger.do("mike", { type: "receipt.mark", ...marks });
  expect(changes).toEqual([]);
  return receipt ? [receipt.deliveredSeq, receipt.readSeq] : "same";
}

describe("receipt.mark", () => {
  it("moves watermarks up only", () => {
    const ledger = withCast();
    for (let index = 0; index < 10; index += 1) ledger.say("olga");
    expect(mark(ledger, 4)).toEqual([4, 0]);
    expect(mark(ledger, 3)).toBe("same");
    expect(mark(ledger, undefined, 2)).toEqual([4, 2]);
    expect(mark(ledger, 2, 1)).toBe("same");
    expect(mark(ledger)).toBe("same");
  });

  it("takes what was read as delivered", () => {
    const ledger = withCast();
    for (let index = 0; index < 10; index += 1) ledger.say("olga");
    expect(mark(ledger, undefined, 6)).toEqual([6, 6]);
  });

  it("never goes beyond the newest message", () => {
    const ledger = withCast();
    ledger.say("olga");
    expect(mark(ledger, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)).toEqual([1, 1]);
  });

  it("takes no revision", () => {
    const ledger = withCast();
    ledger.say("olga");
    const { rev } = ledger.store.head;
    mark(ledger, 1, 1);
    expect(ledger.store.head.rev).toBe(rev);
    expect(ledger.store.receipt("mike")).toMatchObject({ conversationId: "c1", userId: "mike", at: 1_000 });
  });
});
