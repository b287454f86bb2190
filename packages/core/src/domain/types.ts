import type { ErrorCode } from "../errors/codes.ts";
import type { Change, Head } from "../protocol/changes.ts";
import type { NoteRecord } from "../protocol/notes.ts";
import type { Limits } from "../protocol/policy.ts";
import type { Receipt } from "../protocol/receipts.ts";
import type {
  ConversationRecord,
  MessageRecord,
  MessageVersion,
  ParticipantRecord,
} from "../protocol/records.ts";

/**
 * Read access to the records of one conversation, as `apply` needs it: a store's transaction on the server, confirmed
 * records with pending commands on top in a client.
 */
export interface Records {
  /** Both 0 while the conversation does not exist. */
  readonly head: Head;
  readonly conversation: ConversationRecord | undefined;
  readonly counts: RecordCounts;
  participant(userId: string): ParticipantRecord | undefined;
  message(messageId: string): MessageRecord | undefined;
  receipt(userId: string): Receipt | undefined;
  /** @param mark - an emoji, or `optionMark` of a poll's option */
  hasReacted(messageId: string, userId: string, mark: string): boolean;
  /** @param noteId - `noteIdOf` its subject. */
  note(noteId: string): NoteRecord | undefined;
  /** What a backend knows of a file. Absent in a client. @param userId - who wants to show it here. */
  readonly file?: ((fileId: string, userId: string) => KnownFile | undefined) | undefined;
}

/** A file as the rules for those who show it need it. */
export interface KnownFile {
  /** They uploaded it for this conversation, or can read it somewhere. */
  readonly isTheirs: boolean;
  readonly isReady: boolean;
  /** Why nobody will ever see it. */
  readonly fault?: ErrorCode | undefined;
  readonly mediaType: string;
  readonly size: number;
}

/** What a rule needs counted. A client that cannot know gives its best guess; the server's answer decides. */
export interface RecordCounts {
  /** Participants who are in: active or muted. */
  readonly members: number;
  readonly owners: number;
  /** Pinned messages; of a notebook, the notes in it. */
  readonly pins: number;
}

export interface ApplyContext {
  readonly actorId: string;
  /** Server time, ms; a client's own guess of it while the command is pending. */
  readonly at: number;
  readonly limits: Limits;
  /** The server itself acts (a lobby, an import): permissions are not asked, all other rules hold. */
  readonly system?: boolean;
  /** On behalf of moderators: they have masked some of what is said, or remove it. */
  readonly isModerated?: boolean;
}

/** What a command does, or why it may not. Never an exception: a refusal is an expected outcome. */
export type Applied = Accepted | Rejection;

export interface Accepted {
  readonly ok: true;
  /** In rev order, from `head.rev + 1`; empty if the command finds everything as it wants it. */
  readonly changes: readonly Change[];
  /** The actor's watermarks, moved. */
  readonly receipt?: Receipt;
  /** Marks of the actor that came or went, reactions or votes: what `hasReacted` must answer from now on. */
  readonly reactions?: readonly ReactionFact[];
  /** The text an edit or a deletion replaced, to be kept. */
  readonly replaced?: MessageVersion;
}

export interface Rejection {
  readonly ok: false;
  readonly code: ErrorCode;
  /** For developers: "unable to <do>; <reason>". */
  readonly message: string;
}

export interface ReactionFact {
  readonly messageId: string;
  readonly userId: string;
  /** Or `optionMark` of an option voted for. */
  readonly emoji: string;
  readonly present: boolean;
}
