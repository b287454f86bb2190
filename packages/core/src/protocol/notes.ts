import type { JsonObject } from "../base/json.ts";
import type { NotifyRules } from "./notify-rules.ts";
import type { MessageContent, MessageKind, MessageForward } from "./content.ts";

/** What a note says of its subject; each says one thing, so that what two devices note at once stands side by side. */
export type NoteKind =
  /** Of a conversation. */
  | "archived"
  | "pinned"
  /** Up to `until`, for good without. */
  | "muted"
  /** What stands in its composer: `text`. */
  | "draft"
  /** Of a message. */
  | "bookmark"
  /** Not to be shown to oneself. */
  | "hidden"
  /** Of the first message of a thread: its new messages are of interest, or, with `seq`, read up to there. */
  | "followed"
  | "read"
  /** Of the notebook itself: what its owner wants to be told of, `rules`. */
  | "notify"
  /** To be said at `dueAt`; the message of the subject is the one that will be sent. */
  | "scheduled"
  /** Of a message: to be reminded of it at `dueAt`. */
  | "reminder"
  /** Of a person: no contact with them is wanted. Its conversation is the notebook itself. */
  | "block"
  /** Of a message, or of a person where one met them: moderators are to look at it. `text`: why. */
  | "report"
  /** Of a message of one's own that moderators have removed: they are to look again. `text`: why; `outcome`: what they said. */
  | "appeal";

/** What became of an appeal: the message may be said again, or not. */
export type AppealOutcome = "granted" | "refused";

/** A message that is not sent yet: what a command that sends it says. */
export interface PlannedMessage {
  readonly kind: MessageKind;
  readonly content: MessageContent;
  readonly custom?: JsonObject;
  readonly replyTo?: string;
  readonly threadId?: string;
  readonly forward?: MessageForward;
}

/** What a note is about: a conversation, one message of it, or a person. */
export interface NoteSubject {
  readonly kind: NoteKind;
  readonly conversationId: string;
  readonly messageId?: string;
  readonly userId?: string;
}

/** What there is to say beyond that it is so. */
export interface NoteValue {
  /** Server time, ms. */
  readonly until?: number;
  readonly text?: string;
  readonly seq?: number;
  readonly rules?: NotifyRules;
  /** When the backend is to do it, server time in ms. */
  readonly dueAt?: number;
  readonly message?: PlannedMessage;
  /** When the backend did it, or began to. Nobody else can say so. */
  readonly firedAt?: number;
  /** Since when the backend tells devices of a reminder; absent where it told them, or tells none. Nobody else can say so. */
  readonly tellingAt?: number;
  /** Why it was refused then. */
  readonly code?: string;
  /** Nobody but the backend can say it. */
  readonly outcome?: AppealOutcome;
}

/** What a person keeps for themselves. It stands in their notebook, a conversation nobody else is ever in. */
export interface NoteRecord {
  readonly type: "note";
  /** The notebook's. */
  readonly conversationId: string;
  readonly rev: number;
  readonly subject: NoteSubject;
  /** Absent once it was taken back. */
  readonly value?: NoteValue;
  /** When it was last changed, server time in ms. */
  readonly at: number;
}

/** Ids that begin like this are those of notebooks; nobody can create a conversation of such an id. */
export const NOTEBOOKS = "~/";

/** The id of somebody's notebook. It exists from their first note on. */
export function notebookOf(userId: string): string {
  return NOTEBOOKS + userId;
}

export function isNotebook(conversationId: string): boolean {
  return conversationId.startsWith(NOTEBOOKS);
}

/** What tells one note of a notebook from another: there is one of each kind per subject. */
export function noteIdOf({ kind, userId = "", messageId = userId, conversationId }: NoteSubject): string {
  return `${kind}/${messageId}/${conversationId}`;
}

/** Whose notebook it is; undefined if it is none. */
export function ownerOf(conversationId: string): string | undefined {
  return isNotebook(conversationId) ? conversationId.slice(NOTEBOOKS.length) : undefined;
}

/** Whoever has not told somebody's devices of a reminder by then has gone: another part of the backend tells them. */
const TELL_AGAIN_MS = 120_000;

/** When the backend has something to do about a note, server time in ms; undefined if it has not, or no more. */
export function dueOf({ subject, value }: Pick<NoteRecord, "subject" | "value">): number | undefined {
  const { dueAt, firedAt, tellingAt, code } = value ?? {};
  if (tellingAt !== undefined) return tellingAt + TELL_AGAIN_MS;
  const isDone = subject.kind === "scheduled" ? code !== undefined : firedAt !== undefined;
  return isDone ? undefined : dueAt;
}
