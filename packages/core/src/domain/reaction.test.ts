import { nameToEmoji } from "gemoji";
import { describe, expect, it } from "vitest";
import { createLedger, type Ledger, outcome, withCast } from "../../test/ledger.ts";
import { REACTION_NAMES, REACTIONS_PER_MESSAGE } from "../protocol/bounds.ts";

function react(ledger: Ledger, userId: string, messageId: string, emoji = "👍"): string {
  return outcome(ledger.try(userId, { type: "message.react", messageId, emoji }));
}

function unreact(ledger: Ledger, userId: string, messageId: string, emoji = "👍"): string {
  return outcome(ledger.try(userId, { type: "message.unreact", messageId, emoji }));
}

/** As many different ones as are asked for. */
const emojiOf = (index: number): string => String.fromCodePoint(0x1f600 + index);

/** A conversation of `size` people named u0, u1, … and the id of a message in it. */
function crowd(size: number): [Ledger, string] {
  const ledger = createLedger();
  const participants = Array.from({ length: size - 1 }, (_, index) => ({ userId: `u${index + 1}` }));
  ledger.do("u0", { type: "conversation.create", kind: "group", participants });
  return [ledger, ledger.say("u0")];
}

describe("reactions", () => {
  it("count everybody and name the first few (row F2)", () => {
    const size = REACTION_NAMES + 3;
    const [ledger, messageId] = crowd(size);
    for (let index = 0; index < size; index += 1) expect(react(ledger, `u${index}`, messageId)).toBe("ok");
    const names = Array.from({ length: REACTION_NAMES }, (_, index) => `u${index}`);
    expect(ledger.message(messageId).reactions).toEqual([{ emoji: "👍", count: size, userIds: names }]);
  });

  it("count one person once, named or not", () => {
    const size = REACTION_NAMES + 1;
    const [ledger, messageId] = crowd(size);
    for (let index = 0; index < size; index += 1) react(ledger, `u${index}`, messageId);
    expect(react(ledger, "u0", messageId)).toBe("same");
    expect(react(ledger, `u${REACTION_NAMES}`, messageId)).toBe("same");
    expect(ledger.message(messageId).reactions[0]?.count).toBe(size);
  });

  it("go again: uncounted, unnamed, and dropped with the last", () => {
    const ledger = withCast();
    const messageId = ledger.say("mike");
    react(ledger, "mary", messageId);
    react(ledger, "mona", messageId);
    expect(unreact(ledger, "mike", messageId)).toBe("same");
    expect(unreact(ledger, "mary", messageId)).toBe("ok");
    expect(unreact(ledger, "mary", messageId)).toBe("same");
    expect(ledger.message(messageId).reactions).toEqual([{ emoji: "👍", count: 1, userIds: ["mona"] }]);
    expect(unreact(ledger, "mona", messageId)).toBe("ok");
    expect(ledger.message(messageId).reactions).toEqual([]);
  });

  it("say in the change which emoji, and as a fact who (row F2)", () => {
    const ledger = withCast();
    const messageId = ledger.say("mike");
    const applied = ledger.do("mary", { type: "message.react", messageId, emoji: "🎉" });
    expect(applied.changes[0]).toMatchObject({ kind: "message.react", emoji: "🎉" });
    expect(applied.reactions).toEqual([{ messageId, userId: "mary", emoji: "🎉", present: true }]);
  });

  it("stop at the most different ones, not at the most people", () => {
    const ledger = withCast();
    const messageId = ledger.say("mike");
    for (let index = 0; index < REACTIONS_PER_MESSAGE; index += 1) {
      expect(react(ledger, "mary", messageId, emojiOf(index))).toBe("ok");
    }
    expect(react(ledger, "mary", messageId, emojiOf(REACTIONS_PER_MESSAGE))).toBe("reaction/limit");
    expect(react(ledger, "mona", messageId, emojiOf(0))).toBe("ok");
  });

  it("are emoji as people see them, and nothing that only looks small on the wire (row F2)", () => {
    const emoji = ["😀", "👍🏽", "❤", "❤️", "👨‍👩‍👧‍👦", "👩🏻‍❤️‍💋‍👨🏽", "🏳️‍🌈", "🇩🇪", "1️⃣", "#⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"];
    const others = [
      "hello",
      "1",
      "#",
      "é",
      "漢",
      "\u200b",
      "\u202e",
      "\u200d",
      "\u034f",
      "👍\u200b",
      "\u202e👍",
    ];
    const parts = [
      "🇩",
      "😀😀",
      "👨‍x",
      "👍\u200d",
      "👍🏽🏽",
      "❤️️",
      "🏴\u{e0067}\u{e007f}",
      ":tada:",
      "👨‍👨‍👨‍👨‍👨",
    ];
    for (const [given, answer] of [
      ...emoji.map((each) => [each, "ok"] as const),
      ...[...others, ...parts].map((each) => [each, "command/malformed"] as const),
    ]) {
      const ledger = withCast();
      expect([given, react(ledger, "mary", ledger.say("mike"), given)]).toEqual([given, answer]);
    }
  });

  it("may be every emoji there is a name for", () => {
    const ledger = withCast();
    const messageId = ledger.say("mike");
    for (const emoji of Object.values(nameToEmoji)) {
      expect([emoji, react(ledger, "mary", messageId, emoji)]).toEqual([emoji, "ok"]);
      expect(unreact(ledger, "mary", messageId, emoji)).toBe("ok");
    }
  });

  it("go with a deleted message", () => {
    const ledger = withCast();
    const messageId = ledger.say("mike");
    react(ledger, "mary", messageId);
    ledger.do("mike", { type: "message.delete", messageId });
    expect(react(ledger, "mary", messageId)).toBe("message/deleted");
    expect(unreact(ledger, "mary", messageId)).toBe("same");
    expect(ledger.store.hasReacted(messageId, "mary", "👍")).toBe(false);
  });

  it("need a message that exists here", () => {
    expect(react(withCast(), "mary", "01900000-0000-7000-8000-ffffffffffff")).toBe("message/not-found");
  });
});
