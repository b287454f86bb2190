import type { Accepted, ApplyContext, Records } from "@tidings/core/domain";
import type { ConversationRecord, NoteRecord } from "@tidings/core/protocol";
import type { Judged, Submission } from "./store.ts";

/** What a case is about. */
interface Subject {
  readonly conversationId: string;
  /** Empty: the person. */
  readonly messageId: string;
  /** The person, or the message's author. */
  readonly userId: string;
  /** Server time, ms. */
  readonly at: number;
}

/** Something that opens a case, or happens to it. */
export type CaseEvent =
  | (Subject & {
      readonly type: "flag";
      /** Empty: a rule. */
      readonly reporterId: string;
      /** Empty: a person. */
      readonly rule: string;
      /** Why, in the words of a person; of a rule about a person, what they have called a conversation. */
      readonly text: string;
      readonly score: number | null;
      /** Of the message, as it was pointed at. */
      readonly version: number;
    })
  /** It says something else now: what is decided without having read that is not about it. */
  | (Subject & { readonly type: "edited" })
  | (Subject & { readonly type: "removed"; readonly byId: string })
  | (Subject & { readonly type: "appeal"; readonly text: string });

/** What a command that took effect now is to moderators. */
export function caseEventsOf(
  { command, context, judged }: Submission,
  { changes }: Accepted,
  recordsOf: (conversationId: string) => Records,
): readonly CaseEvent[] {
  const [first] = changes;
  if (judged?.flags && first?.record.type === "conversation")
    return nameEvents(first.record, context, judged);
  const record = changes.at(-1)?.record;
  if (record?.type === "note") return noteEvents(record, context.actorId, recordsOf);
  if (record?.type !== "message") return [];
  const { conversationId, id: messageId, authorId: userId } = record;
  const subject = { conversationId, messageId, userId, at: context.at };
  if (command.type === "message.delete")
    return record.moderated ? [{ type: "removed", ...subject, byId: context.actorId }] : [];
  const { version } = record;
  const flags = (judged?.flags ?? []).map(({ reason: rule, score }) => ({
    ...({ type: "flag", ...subject, reporterId: "", rule, text: "", score, version } as const),
  }));
  return command.type === "message.edit" ? [{ type: "edited", ...subject }, ...flags] : flags;
}

/** What somebody has called a conversation is about them: there is no message to point at. */
function nameEvents(
  { conversationId, name, description }: ConversationRecord,
  { actorId: userId, at }: ApplyContext,
  { flags = [] }: Judged,
): readonly CaseEvent[] {
  const text = [name, description].filter((each) => each !== undefined).join("\n");
  return flags.map(({ reason: rule, score }) => ({
    ...({ type: "flag", conversationId, messageId: "", userId, at, reporterId: "", version: 0 } as const),
    ...{ rule, text, score },
  }));
}

/** A report that is taken back stays one: somebody has looked at it, or will. */
function noteEvents(
  { subject: { kind, conversationId, messageId, userId = "" }, value, at }: NoteRecord,
  reporterId: string,
  recordsOf: (conversationId: string) => Records,
): readonly CaseEvent[] {
  if (!value || value.outcome) return [];
  const { text = "" } = value;
  const common = { conversationId, at };
  if (kind === "appeal" && messageId !== undefined)
    return [{ type: "appeal", ...common, messageId, userId: reporterId, text }];
  if (kind !== "report") return [];
  const report = { type: "flag", ...common, reporterId, rule: "", text, score: null } as const;
  if (messageId === undefined) return [{ ...report, messageId: "", userId, version: 0 }];
  const message = recordsOf(conversationId).message(messageId);
  return message ? [{ ...report, messageId, userId: message.authorId, version: message.version }] : [];
}
