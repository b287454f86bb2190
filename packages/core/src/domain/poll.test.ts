import { describe, expect, it } from "vitest";
import { createLedger, type Ledger, outcome, withCast } from "../../test/ledger.ts";
import { REACTION_NAMES } from "../protocol/bounds.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { optionMark, type Poll } from "../protocol/polls.ts";

const drinks: Poll = { options: ["Tea", "Coffee", "Water"] };

function ask(ledger: Ledger, poll: Poll = drinks, userId = "mike"): string {
  const content = { text: "What shall we have?", poll };
  const { changes } = ledger.do(userId, { type: "message.send", kind: "poll", content });
  const record = changes[0]?.record;
  return record?.type === "message" ? record.id : "";
}

function vote(ledger: Ledger, userId: string, messageId: string, ...choices: readonly number[]): string {
  return outcome(ledger.try(userId, { type: "poll.vote", messageId, choices }));
}

function countsOf(ledger: Ledger, messageId: string): readonly number[] | undefined {
  return ledger.message(messageId).tally?.results.map(({ count }) => count);
}

describe("a poll", () => {
  it.each([
    [{ options: ["one"] }, "draft/invalid"],
    [{ options: ["one", " "] }, "draft/invalid"],
    [{ options: ["one", "one"] }, "draft/invalid"],
    [{ options: Array.from({ length: 21 }, (_, index) => `${index}`) }, "draft/invalid"],
    [{ options: Array.from({ length: 20 }, (_, index) => `${index}`) }, "ok"],
  ] satisfies readonly (readonly [Poll, string])[])("of %j is %s", (poll, expected) => {
    const content = { text: "which?", poll };
    expect(outcome(withCast().try("mike", { type: "message.send", kind: "poll", content }))).toBe(expected);
  });

  it("is what is of that kind, and nothing else is", () => {
    const ledger = withCast();
    const content = { text: "which?", poll: drinks };
    expect(outcome(ledger.try("mike", { type: "message.send", kind: "text", content }))).toBe(
      "draft/invalid",
    );
    const plain = { text: "which?" };
    expect(outcome(ledger.try("mike", { type: "message.send", kind: "poll", content: plain }))).toBe(
      "draft/invalid",
    );
  });

  it("is not taken where there are none", () => {
    const { pollOptions: _polls, ...limits } = defaultPolicy.limits;
    const content = { text: "which?", poll: drinks };
    const sent = withCast().try("mike", { type: "message.send", kind: "poll", content }, { limits });
    expect(outcome(sent)).toBe("command/unsupported");
  });

  it("counts a vote once, in place of the one before, until it is taken back", () => {
    const ledger = withCast();
    const messageId = ask(ledger);
    expect(vote(ledger, "mary", messageId, 1)).toBe("ok");
    expect(vote(ledger, "mary", messageId, 1)).toBe("same");
    expect(vote(ledger, "mona", messageId, 1, 1)).toBe("ok");
    expect(ledger.message(messageId).tally).toEqual({
      results: [
        { count: 0, userIds: [] },
        { count: 2, userIds: ["mary", "mona"] },
        { count: 0, userIds: [] },
      ],
      voters: 2,
    });
    expect(vote(ledger, "mary", messageId, 2)).toBe("ok");
    expect(countsOf(ledger, messageId)).toEqual([0, 1, 1]);
    expect(vote(ledger, "mary", messageId)).toBe("ok");
    expect(vote(ledger, "mary", messageId)).toBe("same");
    expect(ledger.message(messageId).tally).toMatchObject({ voters: 1 });
    expect(countsOf(ledger, messageId)).toEqual([0, 1, 0]);
  });

  it("takes several choices only if it says so, and only those there are", () => {
    const ledger = withCast();
    const one = ask(ledger);
    const many = ask(ledger, { ...drinks, many: true });
    expect(vote(ledger, "mary", one, 0, 1)).toBe("poll/invalid");
    expect(vote(ledger, "mary", one, 3)).toBe("poll/invalid");
    expect(vote(ledger, "mary", ledger.say("mike"), 0)).toBe("poll/invalid");
    expect(vote(ledger, "mary", many, 0, 2)).toBe("ok");
    expect(ledger.message(many).tally?.voters).toBe(1);
    expect(countsOf(ledger, many)).toEqual([1, 0, 1]);
  });

  it("names the first few, says who chose what, and keeps a vote as a reaction is kept", () => {
    const ledger = createLedger();
    const size = REACTION_NAMES + 2;
    const participants = Array.from({ length: size }, (_, index) => ({ userId: `u${index}` }));
    ledger.do("olga", { type: "conversation.create", kind: "group", participants });
    const messageId = ask(ledger, drinks, "olga");
    for (const { userId } of participants) vote(ledger, userId, messageId, 0);
    const [tea] = ledger.message(messageId).tally?.results ?? [];
    expect(tea?.count).toBe(size);
    expect(tea?.userIds).toHaveLength(REACTION_NAMES);
    const applied = ledger.do("u9", { type: "poll.vote", messageId, choices: [1] });
    expect(applied.changes[0]).toMatchObject({ actorId: "u9", choices: [1] });
    expect(applied.reactions).toEqual([
      { messageId, userId: "u9", emoji: optionMark(0), present: false },
      { messageId, userId: "u9", emoji: optionMark(1), present: true },
    ]);
  });

  it("[D8] says nowhere who voted in an anonymous one, nor what for", () => {
    const ledger = withCast();
    const messageId = ask(ledger, { ...drinks, anonymous: true });
    const { changes } = ledger.do("mary", { type: "poll.vote", messageId, choices: [2] });
    expect(JSON.stringify(changes)).not.toContain("mary");
    expect(changes[0]).toMatchObject({ actorId: "mike", kind: "poll.vote" });
    expect(changes[0]).not.toHaveProperty("choices");
    expect(countsOf(ledger, messageId)).toEqual([0, 0, 1]);
    expect(vote(ledger, "mary", messageId, 2)).toBe("same");
  });

  it("ends by the server's clock, or when its author or a moderator says so", () => {
    const ledger = withCast();
    const timed = ask(ledger, { ...drinks, closesAt: 1_500 });
    expect(vote(ledger, "mary", timed, 0)).toBe("ok");
    ledger.now = 1_500;
    expect(vote(ledger, "mona", timed, 0)).toBe("poll/closed");
    expect(vote(ledger, "mary", timed, 1)).toBe("poll/closed");
    expect(countsOf(ledger, timed)).toEqual([1, 0, 0]);
    const close = (userId: string, messageId: string): string =>
      outcome(ledger.try(userId, { type: "poll.close", messageId }));
    const [own, others] = [ask(ledger), ask(ledger)];
    expect(close("mary", own)).toBe("permission/denied");
    expect(close("mike", own)).toBe("ok");
    expect(close("mike", own)).toBe("same");
    expect(close("mona", others)).toBe("ok");
    expect(close("mike", ledger.say("mike"))).toBe("poll/invalid");
    expect(vote(ledger, "mary", others, 0)).toBe("poll/closed");
    expect(ledger.message(others).tally).toMatchObject({ closedAt: 1_500, closedBy: "mona" });
    // Whoever is to be forgotten is, whatever has ended.
    const withdrawn = ledger.try(
      "mary",
      { type: "poll.vote", messageId: timed, choices: [] },
      { system: true },
    );
    expect(outcome(withdrawn)).toBe("ok");
  });

  it("keeps what was voted on when its question is put in other words, and nothing once it is deleted", () => {
    const ledger = withCast();
    const messageId = ask(ledger);
    vote(ledger, "mary", messageId, 0);
    const content = { text: "What else?", poll: { options: ["Beer", "Wine"] } };
    ledger.do("mike", { type: "message.edit", messageId, content });
    expect(ledger.message(messageId)).toMatchObject({ content: { text: "What else?", poll: drinks } });
    expect(countsOf(ledger, messageId)).toEqual([1, 0, 0]);
    ledger.do("mike", { type: "message.delete", messageId });
    expect(ledger.message(messageId)).not.toHaveProperty("tally");
    expect(vote(ledger, "mary", messageId, 1)).toBe("message/deleted");
    expect(ledger.store.hasReacted(messageId, "mary", optionMark(0))).toBe(false);
  });

  it("is open to who is muted: a vote says nothing new", () => {
    const ledger = withCast();
    const messageId = ask(ledger);
    ledger.do("olga", { type: "conversation.status", status: "muted" });
    expect(vote(ledger, "mary", messageId, 0)).toBe("ok");
    ledger.do("olga", { type: "conversation.status", status: "archived" });
    expect(vote(ledger, "mary", messageId, 1)).toBe("conversation/closed");
  });
});
