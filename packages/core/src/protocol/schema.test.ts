import { describe, expect, it } from "vitest";
import {
  conversationKind,
  conversationStatus,
  emoji,
  messageContent,
  messageKind,
  notificationLevel,
  participantRecord,
  role,
} from "./record-schemas.ts";
import type {
  ConversationKind,
  ConversationStatus,
  MessageKind,
  NotificationLevel,
  ParticipantStatus,
  Role,
} from "./records.ts";
import { ack } from "./changes.ts";
import { MOST_INVITATIONS } from "./commands.ts";
import { defaultPolicy } from "./policy.ts";
import { policy } from "./policy-schema.ts";
import { CUSTOM_NODES, LONGEST_ID, LONGEST_TEXT } from "./bounds.ts";
import { count, custom, id, type Schema, text, uuid } from "./schema.ts";

/** Which of `values` the schema refuses. */
function refused<T>(schema: Schema<T>, values: readonly unknown[]): unknown[] {
  return values.filter((value) => !schema.safeParse(value).success);
}

describe("ids", () => {
  it("are any text of 1 to 128 code points without control characters", () => {
    const good = ["a", "general", "a b", "é漢😀", "x".repeat(LONGEST_ID), "😀".repeat(LONGEST_ID), "../.."];
    const bad = [
      "",
      "x".repeat(LONGEST_ID + 1),
      "😀".repeat(LONGEST_ID) + "x",
      "a\nb",
      "a\0",
      "\u009f",
      "\ud800",
    ];
    expect(refused(id, good)).toEqual([]);
    expect(refused(id, bad)).toEqual(bad);
  });
});

describe("uuids", () => {
  it("are of version 7, in lower case, and nothing else", () => {
    const good = "019b796d-d600-7000-8000-000000000001";
    const bad = [
      good.toUpperCase(),
      good.replace("-7", "-4"),
      good.replace("-8", "-c"),
      `${good}\n`,
      ` ${good}`,
      good.replaceAll("-", ""),
      "",
    ];
    expect(refused(uuid, [good])).toEqual([]);
    expect(refused(uuid, bad)).toEqual(bad);
  });
});

describe("counts", () => {
  it("are whole, not negative, and exact", () => {
    expect(refused(count, [0, 1, Number.MAX_SAFE_INTEGER])).toEqual([]);
    const bad = [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, "1", null, 1n];
    expect(refused(count, bad)).toEqual(bad);
  });
});

describe("text", () => {
  it("is measured in code points, as JSON Schema does, and well formed", () => {
    expect(refused(text(4), ["", "abcd", "😀😀😀😀", "a\r\n\t"])).toEqual([]);
    const bad = ["abcde", "😀😀😀😀a", "\ud83d", "a\0", 1, null];
    expect(refused(text(4), bad)).toEqual(bad);
  });

  it("[D9] of a message ends at the bound of the wire", () => {
    expect(refused(messageContent, [{ text: "x".repeat(LONGEST_TEXT) }])).toEqual([]);
    expect(refused(messageContent, [{ text: "x".repeat(LONGEST_TEXT + 1) }])).toHaveLength(1);
  });
});

describe("custom", () => {
  it("is an object, however empty", () => {
    expect(refused(custom, [{}, { a: { b: [1] } }])).toEqual([]);
    const bad = [[], null, "a", 1, undefined, new Date()];
    expect(refused(custom, bad)).toEqual(bad);
  });

  it("[D9] holds at most 1,000 values", () => {
    const wide = (values: number): object => ({ list: Array.from({ length: values }, () => 1) });
    expect(refused(custom, [wide(CUSTOM_NODES - 2)])).toEqual([]);
    expect(refused(custom, [wide(CUSTOM_NODES - 1)])).toHaveLength(1);
  });
});

describe("emoji", () => {
  it("are what people take for one, and no markup", () => {
    expect(refused(emoji, ["👍", "❤️", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🇨🇭", "+1"])).toEqual([]);
    const bad = ["", " ", "a b", "<b>", "&amp;", '"', "'", "\n", "\ud83d", "x".repeat(65)];
    expect(refused(emoji, bad)).toEqual(bad);
  });
});

describe("choices", () => {
  // The compiler proves that a schema allows nothing its type does not name; that nothing is missing is proved here.
  it("offer everything their types name", () => {
    const kinds: Record<ConversationKind, 1> = { direct: 1, group: 1, space: 1, community: 1, notebook: 1 };
    const states: Record<ConversationStatus, 1> = { active: 1, archived: 1, muted: 1, deleted: 1 };
    const roles: Record<Role, 1> = { owner: 1, admin: 1, moderator: 1, member: 1 };
    const levels: Record<NotificationLevel, 1> = { all: 1, mentions: 1, none: 1 };
    const messageKinds: Record<MessageKind, 1> = {
      text: 1,
      image: 1,
      video: 1,
      audio: 1,
      voice: 1,
      file: 1,
      system: 1,
      announcement: 1,
      poll: 1,
    };
    const memberships: Record<ParticipantStatus, 1> = { active: 1, left: 1, removed: 1, banned: 1, muted: 1 };
    const participant = {
      type: "participant",
      conversationId: "c",
      userId: "u",
      rev: 1,
      role: "member",
      joinedAt: 0,
    };
    expect(refused(conversationKind, Object.keys(kinds))).toEqual([]);
    expect(refused(conversationStatus, Object.keys(states))).toEqual([]);
    expect(refused(role, Object.keys(roles))).toEqual([]);
    expect(refused(notificationLevel, Object.keys(levels))).toEqual([]);
    expect(refused(messageKind, Object.keys(messageKinds))).toEqual([]);
    const records = Object.keys(memberships).map((status) => ({ ...participant, status }));
    expect(refused(participantRecord, records)).toEqual([]);
  });
});

describe("an ack", () => {
  it("has room for everything one command can change: a conversation, its creator and all those invited", () => {
    const commandId = "019b796d-d600-7000-8000-000000000001";
    const record = {
      type: "participant",
      conversationId: "c",
      rev: 1,
      role: "member",
      status: "active",
      joinedAt: 0,
    };
    const more = { conversationId: "c", rev: 1, kind: "conversation.create", actorId: "a", at: 0, commandId };
    const changes = (count: number): object[] =>
      Array.from({ length: count }, (_, index) => ({ ...more, record: { ...record, userId: `u${index}` } }));
    expect(refused(ack, [{ commandId, changes: changes(MOST_INVITATIONS + 2) }])).toEqual([]);
    expect(refused(ack, [{ commandId, changes: changes(MOST_INVITATIONS + 3) }])).toHaveLength(1);
  });
});

describe("the default policy", () => {
  it("is one a server may announce", () => {
    expect(refused(policy, [defaultPolicy])).toEqual([]);
  });

  it("lets a frame hold the longest message, however it is written", () => {
    const { textLength, frameBytes } = defaultPolicy.limits;
    // The worst a sound text can do in JSON: an escape of six characters for each unit.
    expect(JSON.stringify("\u0001".repeat(textLength)).length).toBeLessThan(frameBytes);
  });
});
