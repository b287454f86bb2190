import { describe, expect, it } from "vitest";
import { complete, createLedger, outcome, withCast } from "../../test/ledger.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import type { MessageContent } from "../protocol/records.ts";
import { apply } from "./apply.ts";

const send = { type: "message.send", kind: "text", content: { text: "hello" } } as const;
const nobody = "01900000-0000-7000-8000-ffffffffffff";

describe("message.send", () => {
  it("makes the record: id of its command, next rev, next seq, both clocks", () => {
    const ledger = withCast();
    ledger.say("olga");
    const command = complete({ ...send, custom: { a: 1 } });
    const context = { actorId: "mike", at: 2_000, limits: defaultPolicy.limits };
    const rev = ledger.store.head.rev + 1;
    const record = {
      type: "message",
      id: command.commandId,
      conversationId: "c1",
      rev,
      seq: 2,
      kind: "text",
      authorId: "mike",
      content: { text: "hello" },
      custom: { a: 1 },
      sentAt: 1,
      createdAt: 2_000,
      version: 0,
      reactions: [],
    };
    const common = { conversationId: "c1", kind: "message.send", actorId: "mike", at: 2_000 };
    expect(apply(ledger.store, command, context)).toEqual({
      ok: true,
      changes: [{ ...common, rev, commandId: command.commandId, record }],
    });
  });

  it("replies, threads and forwards within what exists here", () => {
    const ledger = withCast();
    const first = ledger.say("olga");
    const forward = { conversationId: "elsewhere", messageId: nobody, authorId: "zoe" };
    const { changes } = ledger.do("mike", { ...send, replyTo: first, threadId: first, forward });
    expect(changes[0]?.record).toMatchObject({ replyTo: first, threadId: first, origin: forward });
    expect(outcome(ledger.try("mike", { ...send, replyTo: nobody }))).toBe("message/not-found");
    expect(outcome(ledger.try("mike", { ...send, threadId: nobody }))).toBe("message/not-found");
    ledger.do("olga", { type: "message.delete", messageId: first });
    expect(outcome(ledger.try("mike", { ...send, replyTo: first }))).toBe("message/deleted");
    expect(outcome(ledger.try("mike", { ...send, threadId: first }))).toBe("ok");
  });

  it("[D2] never makes a second message of one id", () => {
    const ledger = withCast();
    const commandId = ledger.say("olga");
    const context = { actorId: "olga", at: 1, limits: defaultPolicy.limits };
    const again = apply(ledger.store, { ...complete(send), commandId }, context);
    expect(outcome(again)).toBe("command/id-taken");
    expect(
      outcome(apply(ledger.store, { ...complete(send), commandId }, { ...context, actorId: "mike" })),
    ).toBe("command/id-taken");
  });

  const linkAt = (start: number, end: number) => ({ type: "link", start, end, value: "x" }) as const;
  it.each([
    [{ text: "" }, "draft/empty"],
    [{ text: " \n\t" }, "draft/empty"],
    [{ text: "12345" }, "ok"],
    [{ text: "123456" }, "draft/too-long"],
    [{ text: "12345", ranges: [{ type: "link", start: 0, end: 5, value: "x" }] }, "ok"],
    [{ text: "12345", ranges: [{ type: "link", start: 0, end: 6, value: "x" }] }, "draft/invalid"],
    [{ text: "12345", ranges: [{ type: "link", start: 3, end: 3, value: "x" }] }, "draft/invalid"],
    [{ text: "12345", ranges: [{ type: "link", start: 4, end: 2, value: "x" }] }, "draft/invalid"],
    [{ text: "12345", ranges: [linkAt(0, 2), linkAt(2, 3)] }, "ok"],
    [{ text: "12345", ranges: [linkAt(0, 3), linkAt(2, 4)] }, "draft/invalid"],
    [{ text: "12345", ranges: [linkAt(2, 4), linkAt(0, 1)] }, "draft/invalid"],
    [{ sealed: "", scheme: "x" }, "draft/empty"],
    [{ sealed: "y".repeat(5 * 4 + 1_024), scheme: "x" }, "ok"],
    [{ sealed: "y".repeat(5 * 4 + 1_025), scheme: "x" }, "draft/too-long"],
  ] as readonly (readonly [MessageContent, string])[])("of %j is %s", (content, expected) => {
    const limits = { ...defaultPolicy.limits, textLength: 5 };
    expect(outcome(withCast().try("mike", { ...send, content }, { limits }))).toBe(expected);
  });

  it.each(["image", "video", "audio", "voice", "file"] as const)(
    "%s needs no text, as it says enough",
    (kind) => {
      const ledger = withCast();
      const { changes } = ledger.do("mike", { ...send, kind, content: { text: "caption" } });
      const messageId = changes[0]?.commandId ?? "";
      expect(outcome(ledger.try("mike", { ...send, kind, content: { text: "" } }))).toBe("ok");
      expect(outcome(ledger.try("mike", { type: "message.edit", messageId, content: { text: "" } }))).toBe(
        "ok",
      );
      expect(outcome(ledger.try("mike", { ...send, kind, content: { sealed: "", scheme: "x" } }))).toBe(
        "draft/empty",
      );
    },
  );

  it.each(["announcement", "poll"] as const)("%s is its text", (kind) => {
    expect(outcome(withCast().try("olga", { ...send, kind, content: { text: " " } }))).toBe("draft/empty");
  });

  it("lets the system do what nobody lets a person do: write where all are silent, change and delete what others said", () => {
    const ledger = withCast();
    const messageId = ledger.say("mike");
    ledger.do("olga", { type: "participant.mute", userId: "mary" });
    ledger.do("olga", { type: "conversation.status", status: "muted" });
    const edit = { type: "message.edit", messageId, content: { text: "by the system" } } as const;
    for (const command of [send, edit]) {
      expect(outcome(ledger.try("mary", command))).not.toBe("ok");
      expect(outcome(ledger.try("mary", command, { system: true }))).toBe("ok");
    }
    const direct = withCast("direct");
    const secret = { type: "message.delete", messageId: direct.say("adam") } as const;
    expect(outcome(direct.try("olga", secret))).toBe("permission/denied");
    expect(outcome(direct.try("olga", secret, { system: true }))).toBe("ok");
  });

  it("leaves announcements to moderators and system messages to the system (row F1)", () => {
    const ledger = withCast();
    const announce = { ...send, kind: "announcement" } as const;
    expect(outcome(ledger.try("mike", announce))).toBe("permission/denied");
    expect(outcome(ledger.try("mona", announce))).toBe("ok");
    expect(outcome(ledger.try("olga", { ...send, kind: "system" }))).toBe("permission/denied");
    expect(outcome(ledger.try("bot", { ...send, kind: "system" }, { system: true }))).toBe("ok");
  });

  it("[D8] tells outsiders nothing: unknown, left, removed and existing answer alike", () => {
    const ledger = withCast();
    ledger.do("mike", { type: "participant.leave" });
    ledger.do("mona", { type: "participant.remove", userId: "mary" });
    const unknown = createLedger().try("stranger", send);
    for (const actorId of ["stranger", "mike", "mary"]) expect(ledger.try(actorId, send)).toEqual(unknown);
    expect(outcome(unknown)).toBe("conversation/not-found");
  });
});

describe("message.edit", () => {
  it("raises the version and hands back the earlier text (row F4)", () => {
    const ledger = withCast();
    const messageId = ledger.say("mike", "one");
    ledger.now = 2_000;
    const edit = { type: "message.edit", messageId, content: { text: "two" } } as const;
    expect(ledger.do("mike", { ...edit, custom: { a: 1 } }).replaced).toEqual({
      messageId,
      version: 0,
      content: { text: "one" },
      replacedAt: 2_000,
      replacedBy: "mike",
    });
    ledger.do("mike", { ...edit, content: { text: "three" } });
    expect(ledger.message(messageId)).toMatchObject({
      content: { text: "three" },
      custom: { a: 1 },
      version: 2,
      editedAt: 2_000,
      seq: 1,
    });
    expect(ledger.store.versions(messageId).map(({ version }) => version)).toEqual([0, 1]);
  });

  it("to the same text changes nothing", () => {
    const ledger = withCast();
    const messageId = ledger.say("mike", "one");
    expect(outcome(ledger.try("mike", { type: "message.edit", messageId, content: { text: "one" } }))).toBe(
      "same",
    );
  });

  it("is for the author alone, even against moderators", () => {
    const ledger = withCast();
    const edit = { type: "message.edit", messageId: ledger.say("mike"), content: { text: "x" } } as const;
    for (const actorId of ["mary", "mona", "adam", "olga"]) {
      expect(outcome(ledger.try(actorId, edit))).toBe("permission/denied");
    }
  });

  it("obeys the rules of sending, and finds only what is here and not deleted", () => {
    const ledger = withCast();
    const messageId = ledger.say("mike");
    const edit = { type: "message.edit", messageId, content: { text: "x" } } as const;
    expect(outcome(ledger.try("mike", { ...edit, content: { text: "" } }))).toBe("draft/empty");
    expect(outcome(ledger.try("mike", { ...edit, messageId: nobody }))).toBe("message/not-found");
    ledger.do("mike", { type: "message.delete", messageId });
    expect(outcome(ledger.try("mike", edit))).toBe("message/deleted");
  });

  it("of an announcement takes the right to announce still", () => {
    const ledger = withCast();
    const { changes } = ledger.do("mona", { ...send, kind: "announcement" });
    const messageId = changes[0]?.commandId ?? "";
    ledger.do("olga", { type: "participant.role", userId: "mona", role: "member" });
    expect(outcome(ledger.try("mona", { type: "message.edit", messageId, content: { text: "x" } }))).toBe(
      "permission/denied",
    );
  });
});

describe("message.delete", () => {
  it("leaves a tombstone that says who deleted it and when, and hands back the text for the audit (row C15)", () => {
    const ledger = withCast();
    const first = ledger.say("olga");
    const forward = { conversationId: "elsewhere", messageId: nobody, authorId: "zoe" };
    const { changes } = ledger.do("mike", { ...send, replyTo: first, custom: { a: 1 }, forward });
    const messageId = changes[0]?.commandId ?? "";
    ledger.do("mary", { type: "message.react", messageId, emoji: "👍" });
    ledger.do("mona", { type: "message.pin", messageId });
    ledger.now = 3_000;
    const { replaced } = ledger.do("mona", { type: "message.delete", messageId });
    expect(replaced).toMatchObject({ version: 0, content: { text: "hello" }, replacedBy: "mona" });
    expect(ledger.message(messageId)).toEqual({
      type: "message",
      id: messageId,
      conversationId: "c1",
      rev: ledger.store.head.rev,
      seq: 2,
      kind: "text",
      authorId: "mike",
      content: { text: "" },
      replyTo: first,
      sentAt: 1,
      createdAt: 1_000,
      version: 0,
      deletedAt: 3_000,
      deletedBy: "mona",
      moderated: true,
      reactions: [],
    });
    expect(ledger.store.counts.pins).toBe(0);
  });

  it("says that it was moderated only if somebody else did it (row D24)", () => {
    const ledger = withCast();
    const [own, others] = [ledger.say("mike"), ledger.say("mike")];
    ledger.do("mike", { type: "message.delete", messageId: own });
    ledger.do("mona", { type: "message.delete", messageId: others });
    expect([own, others].map((id) => ledger.message(id)?.moderated)).toEqual([undefined, true]);
  });

  it("is for the author, moderators and above, and done once", () => {
    const ledger = withCast();
    const remove = { type: "message.delete", messageId: ledger.say("olga") } as const;
    expect(outcome(ledger.try("mike", remove))).toBe("permission/denied");
    expect(outcome(ledger.try("mona", remove))).toBe("ok");
    expect(outcome(ledger.try("olga", remove))).toBe("same");
    expect(outcome(ledger.try("olga", { ...remove, messageId: nobody }))).toBe("message/not-found");
  });
});

describe("message.pin", () => {
  it("is for moderators, done once and undone once", () => {
    const ledger = withCast();
    const messageId = ledger.say("mike");
    const [pin, unpin] = [
      { type: "message.pin", messageId } as const,
      { type: "message.unpin", messageId } as const,
    ];
    expect(outcome(ledger.try("mike", pin))).toBe("permission/denied");
    expect(outcome(ledger.try("mona", unpin))).toBe("same");
    expect(outcome(ledger.try("mona", pin))).toBe("ok");
    expect(ledger.message(messageId)).toMatchObject({ pinnedAt: 1_000, pinnedBy: "mona" });
    expect(outcome(ledger.try("adam", pin))).toBe("same");
    expect(outcome(ledger.try("adam", unpin))).toBe("ok");
    expect(ledger.message(messageId)).not.toHaveProperty("pinnedAt");
    expect(ledger.message(messageId)).not.toHaveProperty("pinnedBy");
  });

  it("stops at the most pins; a deleted message gives its own back", () => {
    const ledger = withCast();
    const [one, two] = [ledger.say("mike"), ledger.say("mike")];
    const limits = { ...defaultPolicy.limits, pins: 1 };
    ledger.do("mona", { type: "message.pin", messageId: one }, { limits });
    const second = { type: "message.pin", messageId: two } as const;
    expect(outcome(ledger.try("mona", second, { limits }))).toBe("pin/limit");
    ledger.do("mona", { type: "message.delete", messageId: one });
    expect(outcome(ledger.try("mona", second, { limits }))).toBe("ok");
    expect(outcome(ledger.try("mona", { type: "message.pin", messageId: one }))).toBe("message/deleted");
    expect(outcome(ledger.try("mona", { type: "message.unpin", messageId: one }))).toBe("same");
    expect(outcome(ledger.try("mona", { type: "message.pin", messageId: nobody }))).toBe("message/not-found");
  });
});
