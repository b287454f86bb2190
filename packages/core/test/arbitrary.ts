import * as fc from "fast-check";
import type { RecordCounts, Records } from "../src/domain/types.ts";
import type { JsonObject } from "../src/base/json.ts";
import type { NoteSubject, NoteValue } from "../src/protocol/notes.ts";
import type { Receipt } from "../src/protocol/receipts.ts";
import type {
  ConversationKind,
  ConversationRecord,
  ConversationStatus,
  MessageContent,
  MessageKind,
  MessageRecord,
  ParticipantRecord,
  Reaction,
  Role,
  TextRange,
} from "../src/protocol/records.ts";
import { type BareCommand, CONVERSATION } from "./ledger.ts";

/** Few, so that commands meet; two have names that objects know too. */
export const people: readonly string[] = ["olga", "adam", "mona", "mike", "constructor", "__proto__"];
const emojis = ["👍", "🎉", "constructor"];

const person = fc.constantFrom(...people);
const role = fc.constantFrom<Role>("owner", "admin", "moderator", "member");
const kind = fc.constantFrom<ConversationKind>("direct", "group", "space", "community");
const status = fc.constantFrom<ConversationStatus>("active", "archived", "muted", "deleted");
const messageKind = fc.constantFrom<MessageKind>("text", "image", "voice", "system", "announcement", "poll");
const custom: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>({}, { a: 1 }, { a: { b: [null, "c"] } });
const seq = fc.oneof(fc.nat(6), fc.maxSafeNat());
const settings = fc.record(
  { typing: fc.boolean(), receipts: fc.boolean(), messagesPerMinute: fc.integer({ min: 1 }) },
  { requiredKeys: ["typing", "receipts"] },
);
const range: fc.Arbitrary<TextRange> = fc.record({
  type: fc.constantFrom("link", "mention", "group", "hashtag"),
  start: fc.nat(8),
  end: fc.nat(8),
  value: fc.constant("x"),
});
const content: fc.Arbitrary<MessageContent> = fc.oneof(
  fc.record(
    { text: fc.constantFrom("", " ", "hello", "another", "far too long a text"), ranges: fc.array(range) },
    { requiredKeys: ["text"] },
  ),
  fc.record({
    text: fc.constant("which?"),
    poll: fc.record(
      {
        options: fc.constantFrom(["a", "b"], ["a"], ["a", "a"], ["a", "b", "c"]),
        many: fc.boolean(),
        anonymous: fc.boolean(),
        closesAt: fc.nat(3_000),
      },
      { requiredKeys: ["options"] },
    ),
  }),
  fc.record({ sealed: fc.constantFrom("", "c2VhbGVk"), scheme: fc.constant("box") }),
);

/** Any command, on messages with the ids given. */
export function arbitraryCommand(messageIds: readonly string[]): fc.Arbitrary<BareCommand> {
  const messageId = fc.constantFrom(...messageIds);
  const described = {
    name: fc.constantFrom("", "Plans"),
    description: fc.constant("all of them"),
    custom,
    settings,
  };
  const invitation = fc.record({ userId: person, role }, { requiredKeys: ["userId"] });
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record(
        {
          type: fc.constant("message.send" as const),
          kind: messageKind,
          content,
          custom,
          replyTo: messageId,
          threadId: messageId,
          forward: fc.record(
            { conversationId: fc.constant("other"), messageId, authorId: person },
            { requiredKeys: ["conversationId", "messageId"] },
          ),
        },
        { requiredKeys: ["type", "kind", "content"] },
      ),
    },
    fc.record(
      { type: fc.constant("message.edit" as const), messageId, content, custom },
      { requiredKeys: ["type", "messageId", "content"] },
    ),
    fc.record({
      type: fc.constantFrom("message.delete", "message.pin", "message.unpin", "poll.close"),
      messageId,
    }),
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant("poll.vote" as const),
        messageId,
        choices: fc.array(fc.nat(3), { maxLength: 3 }),
      }),
    },
    fc.record({
      type: fc.constantFrom("message.react", "message.unreact"),
      messageId,
      emoji: fc.constantFrom(...emojis),
    }),
    fc.record(
      { type: fc.constant("receipt.mark" as const), deliveredSeq: seq, readSeq: seq },
      { requiredKeys: ["type"] },
    ),
    fc.record(
      {
        type: fc.constant("conversation.create" as const),
        kind,
        ...described,
        participants: fc.array(invitation, { maxLength: 4 }),
      },
      { requiredKeys: ["type", "kind"] },
    ),
    fc.record(
      { type: fc.constant("conversation.update" as const), ...described },
      { requiredKeys: ["type"] },
    ),
    fc.record({ type: fc.constant("conversation.status" as const), status }),
    fc.record({ type: fc.constant("conversation.prune" as const), floorSeq: fc.nat(9) }),
    {
      weight: 2,
      arbitrary: fc.record(
        { type: fc.constant("participant.add" as const), userId: person, role },
        { requiredKeys: ["type", "userId"] },
      ),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constantFrom("participant.join", "participant.leave") }) },
    fc.record({
      type: fc.constantFrom(
        "participant.remove",
        "participant.ban",
        "participant.unban",
        "participant.unmute",
      ),
      userId: person,
    }),
    fc.record(
      { type: fc.constant("participant.mute" as const), userId: person, until: fc.nat(3_000) },
      { requiredKeys: ["type", "userId"] },
    ),
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constant("participant.role" as const), userId: person, role }),
    },
    fc.record(
      {
        type: fc.constant("participant.permissions" as const),
        userId: person,
        canSend: fc.boolean(),
        canUpload: fc.boolean(),
      },
      { requiredKeys: ["type", "userId"] },
    ),
    fc.record({
      type: fc.constant("participant.notify" as const),
      notify: fc.constantFrom("all", "mentions", "none"),
    }),
  );
}

const conversationRecord: fc.Arbitrary<ConversationRecord> = fc.record(
  {
    type: fc.constant("conversation" as const),
    conversationId: fc.constant(CONVERSATION),
    rev: fc.nat(9),
    kind,
    status,
    settings,
    createdBy: person,
    createdAt: fc.nat(),
    name: fc.string(),
    custom,
  },
  { requiredKeys: ["type", "conversationId", "rev", "kind", "status", "settings", "createdBy", "createdAt"] },
);

function participantRecord(userId: string): fc.Arbitrary<ParticipantRecord> {
  return fc.record(
    {
      type: fc.constant("participant" as const),
      conversationId: fc.constant(CONVERSATION),
      userId: fc.constant(userId),
      rev: fc.nat(9),
      role,
      status: fc.constantFrom("active", "left", "removed", "banned", "muted"),
      joinedAt: fc.nat(),
      mutedUntil: fc.nat(3_000),
      canSend: fc.boolean(),
      canUpload: fc.boolean(),
    },
    { requiredKeys: ["type", "conversationId", "userId", "rev", "role", "status", "joinedAt"] },
  );
}

const reactions: fc.Arbitrary<readonly Reaction[]> = fc.uniqueArray(
  fc.record({
    emoji: fc.constantFrom(...emojis),
    count: fc.nat(12),
    userIds: fc.array(person, { maxLength: 8 }),
  }),
  { selector: ({ emoji }) => emoji },
);

function messageRecord(id: string): fc.Arbitrary<MessageRecord> {
  return fc.record(
    {
      type: fc.constant("message" as const),
      id: fc.constant(id),
      conversationId: fc.constant(CONVERSATION),
      rev: fc.nat(9),
      seq: fc.nat(9),
      kind: messageKind,
      authorId: person,
      content,
      sentAt: fc.nat(),
      createdAt: fc.nat(),
      version: fc.nat(5),
      reactions,
      custom,
      deletedAt: fc.nat(),
      pinnedAt: fc.nat(),
      pinnedBy: person,
      tally: fc.record(
        {
          results: fc.array(fc.record({ count: fc.nat(12), userIds: fc.array(person, { maxLength: 8 }) }), {
            minLength: 2,
            maxLength: 3,
          }),
          voters: fc.integer({ min: 1, max: 12 }),
          closedAt: fc.nat(),
        },
        { requiredKeys: ["results", "voters"] },
      ),
    },
    {
      requiredKeys: [
        "type",
        "id",
        "conversationId",
        "rev",
        "seq",
        "kind",
        "authorId",
        "content",
        "sentAt",
        "createdAt",
        "version",
        "reactions",
      ],
    },
  );
}

const noteValue: fc.Arbitrary<NoteValue> = fc.record(
  { until: fc.nat(3_000), text: fc.string({ maxLength: 12 }), seq: fc.nat(9) },
  { requiredKeys: [] },
);
const noteSubject: NoteSubject = { kind: "read", conversationId: CONVERSATION };

const counts: fc.Arbitrary<RecordCounts> = fc.record({
  members: fc.nat(6),
  owners: fc.nat(2),
  pins: fc.nat(3),
});

/** Any records at all, however little they go together: a client's guess may be as wrong as this. */
export function arbitraryRecords(messageIds: readonly string[]): fc.Arbitrary<Records> {
  const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.option(arbitrary, { nil: undefined, freq: 4 });
  const receipt: fc.Arbitrary<Omit<Receipt, "userId">> = fc.record({
    conversationId: fc.constant(CONVERSATION),
    deliveredSeq: seq,
    readSeq: seq,
    at: fc.nat(),
  });
  return fc
    .record({
      rev: fc.nat(100),
      seq: fc.nat(6),
      conversation: optional(conversationRecord),
      counts,
      participants: fc.tuple(...people.map((userId) => optional(participantRecord(userId)))),
      messages: fc.tuple(...messageIds.map((id) => optional(messageRecord(id)))),
      receipts: fc.tuple(...people.map(() => optional(receipt))),
      reacted: fc.func(fc.boolean()),
      note: fc.func(optional(noteValue)),
    })
    .map(
      ({
        rev,
        seq: newest,
        conversation,
        counts: counted,
        participants,
        messages,
        receipts,
        reacted,
        note,
      }) => ({
        head: { conversationId: CONVERSATION, rev, seq: newest },
        conversation,
        counts: counted,
        participant: (userId) => participants[people.indexOf(userId)],
        message: (messageId) => messages[messageIds.indexOf(messageId)],
        receipt: (userId) => {
          const found = receipts[people.indexOf(userId)];
          return found && { ...found, userId };
        },
        note(noteId) {
          const value = note(noteId);
          return (
            value && {
              type: "note",
              conversationId: CONVERSATION,
              rev: 1,
              subject: noteSubject,
              value,
              at: 0,
            }
          );
        },
        hasReacted: (messageId, userId, emoji) => reacted(messageId, userId, emoji),
      }),
    );
}
