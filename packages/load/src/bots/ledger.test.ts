import { describe, expect, it } from "vitest";
import { Ledger } from "./ledger.ts";

const none = { lost: 0, duplicated: 0, reordered: 0, skipped: 0, unanswered: 0 };

/** Two members; ada has said three things, and the server has taken them. */
function begun(): Ledger {
  const ledger = new Ledger(2);
  for (let message = 0; message < 3; message += 1) {
    ledger.say("ada", message * 10);
    ledger.settle(message, "accepted");
  }
  return ledger;
}

function seeAll(ledger: Ledger, ...orders: readonly (readonly number[])[]): Ledger {
  for (const order of orders) for (const [place, message] of order.entries()) ledger.see(message, place);
  return ledger;
}

describe("a ledger", () => {
  it("finds nothing wrong where everybody saw everything in one order, and says when it was said", () => {
    const ledger = seeAll(begun(), [0, 1, 2], [0, 1]);
    expect(ledger.behindMs(100)).toBe(80);
    expect(ledger.see(2, 2)).toBe(20);
    expect(ledger.behindMs(100)).toBe(0);
    expect(ledger.faults([0, 1, 2])).toEqual(none);
    expect([...ledger.complaints([0, 1, 2])]).toEqual([]);
  });

  it("finds what one member never saw, and what the server does not have", () => {
    expect(seeAll(begun(), [0, 1, 2], [0, 1]).faults([0, 1, 2])).toEqual({ ...none, lost: 1 });
    const whole = seeAll(begun(), [0, 1, 2], [0, 1, 2]);
    expect(whole.faults([0, 1])).toEqual({ ...none, lost: 1 });
    expect([...whole.complaints([0, 1])]).toEqual([
      "message 2 by ada: accepted, stored 0 times, seen by 2 of 2",
    ]);
  });

  it("finds what took effect twice", () => {
    expect(seeAll(begun(), [0, 1, 1, 2], [0, 1, 1, 2]).faults([0, 1, 1, 2])).toMatchObject({ duplicated: 2 });
  });

  it("finds an author's words out of order, and members who disagree", () => {
    expect(seeAll(begun(), [1, 0, 2], [1, 0, 2]).faults([1, 0, 2])).toEqual({ ...none, reordered: 1 });
    expect(seeAll(begun(), [0, 1, 2], [0, 2, 1]).faults([0, 1, 2])).toEqual({ ...none, reordered: 2 });
    expect(seeAll(begun(), [0, 1, 2], [0, 1, 2]).faults([0, 2, 1])).toEqual({ ...none, reordered: 2 });
  });

  it("does not miss what was refused, but what was never answered", () => {
    const ledger = seeAll(begun(), [0, 1, 2], [0, 1, 2]);
    ledger.settle(ledger.say("bob", 40), "refused");
    expect(ledger.faults([0, 1, 2])).toEqual(none);
    ledger.say("bob", 50);
    expect(ledger.faults([0, 1, 2])).toEqual({ ...none, unanswered: 1 });
    expect(ledger.behindMs(60)).toBe(10);
  });
});
