import { describe, expect, it } from "vitest";
import { complete, mint, outcome, withCast } from "../../test/ledger.ts";
import { ConversationStore } from "../memory/conversation-store.ts";
import { notebookOf, type NoteSubject, type NoteValue } from "../protocol/notes.ts";
import { defaultPolicy, type Limits } from "../protocol/policy.ts";
import { apply } from "./apply.ts";
import { take } from "./take.ts";
import type { Applied, ApplyContext } from "./types.ts";

/** Everybody is in "c1"; each keeps a notebook of their own. */
function scene() {
  const room = withCast();
  const books = new Map<string, ConversationStore>();
  const recordsOf = (id: string): ConversationStore => {
    if (id === "c1") return room.store;
    const book = books.get(id) ?? new ConversationStore(id);
    books.set(id, book);
    return book;
  };
  const set = (
    actorId: string,
    subject: NoteSubject,
    value: NoteValue = {},
    context: Partial<ApplyContext> = {},
  ): Applied => {
    const conversationId = notebookOf(actorId);
    const command = { ...complete({ type: "note.set", subject, value }), conversationId };
    const applied = take(recordsOf, command, { actorId, at: 5, limits: defaultPolicy.limits, ...context });
    if (applied.ok) recordsOf(conversationId).commit(applied);
    return applied;
  };
  const say = (actorId: string): string => {
    const { changes } = room.do(actorId, { type: "message.send", kind: "text", content: { text: "x" } });
    return changes[0]?.commandId ?? "";
  };
  return { room, set, say, recordsOf };
}

const on = { conversationId: "c1" } as const;

describe("a report", () => {
  it("is of a message, or of a person, and of nothing else", () => {
    const { set, say } = scene();
    const messageId = say("mary");
    expect(set("mike", { kind: "report", ...on, messageId }, { text: "no" })).toMatchObject({ ok: true });
    expect(set("mike", { kind: "report", ...on, userId: "mary" })).toMatchObject({ ok: true });
    for (const subject of [on, { ...on, messageId, userId: "mary" }, { ...on, userId: "mike" }])
      expect(outcome(set("mike", { kind: "report", ...subject }))).toBe("command/malformed");
    const own = { kind: "report", conversationId: notebookOf("mike"), userId: "mary" } as const;
    expect(outcome(set("mike", own))).toBe("command/malformed");
    const long = { text: "x".repeat(1_001) };
    expect(outcome(set("mike", { kind: "report", ...on, messageId }, long))).toBe("draft/too-long");
  });

  it("is shown at once by a client, which cannot look, and refused where nobody would look", () => {
    const { set, say, recordsOf } = scene();
    const subject = { kind: "report", ...on, messageId: mint() } as const;
    const command = { ...complete({ type: "note.set", subject, value: {} }), conversationId: "~/mike" };
    const context = { actorId: "mike", at: 5, limits: defaultPolicy.limits };
    expect(apply(recordsOf("~/mike"), command, context)).toMatchObject({ ok: true });
    expect(outcome(set("mike", subject))).toBe("message/not-found");
    const { reports: _reports, ...limits }: Limits = defaultPolicy.limits;
    const messageId = say("mary");
    expect(outcome(set("mike", { kind: "report", ...on, messageId }, {}, { limits }))).toBe(
      "command/unsupported",
    );
  });
});

describe("an appeal", () => {
  it("is answered by the server alone, and only where somebody asked", () => {
    const { room, set, say } = scene();
    const messageId = say("mary");
    const subject = { kind: "appeal", ...on, messageId } as const;
    const removed = room.do("olga", { type: "message.delete", messageId, reason: "rude" });
    expect(removed.changes).toMatchObject([{ record: { moderated: true, reason: "rude" } }]);
    const text = "it was not";
    const answer = { text, outcome: "granted" } as const;
    expect(set("mary", subject, answer, { system: true })).toMatchObject({ ok: true, changes: [] });
    expect(outcome(set("mary", subject, answer))).toBe("command/malformed");
    expect(set("mary", subject, { text })).toMatchObject({ ok: true });
    expect(set("mary", subject, answer, { system: true })).toMatchObject({
      changes: [{ record: { value: answer } }],
    });
    expect(set("mary", subject, answer, { system: true })).toMatchObject({ ok: true, changes: [] });
    // The same words from another device, which has not heard the answer yet.
    expect(set("mary", subject, { text })).toMatchObject({ ok: true, changes: [] });
    expect(outcome(set("mary", subject, { text: "but still" }))).toBe("moderation/appealed");
    const pinned = { kind: "pinned", ...on } as const;
    expect(outcome(set("mary", pinned, { outcome: "granted" }))).toBe("command/malformed");
  });

  it("is answered where it was asked, though nobody may ask any more, nor say so much", () => {
    const { room, set, say } = scene();
    const messageId = say("mary");
    const subject = { kind: "appeal", ...on, messageId } as const;
    room.do("olga", { type: "message.delete", messageId });
    expect(set("mary", subject, { text: "it was not" })).toMatchObject({ ok: true });
    const { reports: _reports, notes: _notes, ...limits } = { ...defaultPolicy.limits, textLength: 3 };
    const answer = { text: "it was not", outcome: "refused" } as const;
    expect(outcome(set("mary", subject, { text: "other words" }, { limits }))).toBe("command/unsupported");
    expect(set("mary", subject, answer, { system: true, limits })).toMatchObject({
      changes: [{ record: { value: answer } }],
    });
  });

  it("is not taken back, and says nothing of why a message of one's own is gone", () => {
    const { room, set, say, recordsOf } = scene();
    const messageId = say("mary");
    const subject = { kind: "appeal", ...on, messageId } as const;
    const clear = { ...complete({ type: "note.clear", subject }), conversationId: "~/mary" };
    const cleared = (): Applied =>
      take(recordsOf, clear, { actorId: "mary", at: 5, limits: defaultPolicy.limits });
    expect(cleared()).toMatchObject({ ok: true, changes: [] });
    room.do("olga", { type: "message.delete", messageId });
    set("mary", subject, { text: "why?" });
    expect(outcome(cleared())).toBe("moderation/appealed");
    const own = say("mary");
    const gone = room.do("mary", { type: "message.delete", messageId: own, reason: "typo" });
    expect(gone.changes[0]?.record).not.toHaveProperty("reason");
    expect(outcome(set("mary", { ...subject, messageId: own }, { text: "mine" }))).toBe("permission/denied");
  });
});
