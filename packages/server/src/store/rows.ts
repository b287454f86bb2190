import type { RecordCounts } from "@tidings/core/domain";
import type {
  ConversationRecord,
  Head,
  MessageRecord,
  MessageVersion,
  NoteRecord,
  ParticipantRecord,
  Receipt,
} from "@tidings/core/protocol";
import type { FoundFile } from "./files.ts";

/** One conversation's row. `key` is 0 and `record` absent while the conversation does not exist. */
export interface ConversationState {
  readonly key: number;
  readonly head: Head;
  readonly record: ConversationRecord | undefined;
  readonly counts: RecordCounts;
  /** When somebody last said something, or the conversation began. */
  readonly activeAt: number;
}

/** One that exists. */
export interface StoredConversation extends ConversationState {
  readonly record: ConversationRecord;
}

/** Reads and writes single rows within one transaction. */
export interface Rows {
  conversation(conversationId: string): StoredConversation | undefined;
  /** For a new conversation; another one each time. */
  takeKey(): number;
  participant(key: number, userId: string): ParticipantRecord | undefined;
  message(messageId: string): MessageRecord | undefined;
  receipt(key: number, conversationId: string, userId: string): Receipt | undefined;
  file(fileId: string, userId: string): FoundFile | undefined;
  note(key: number, conversationId: string, noteId: string): NoteRecord | undefined;
  hasReacted(messageId: string, userId: string, emoji: string): boolean;
  putConversation(state: ConversationState): void;
  putParticipant(key: number, record: ParticipantRecord): void;
  /**
   * @param sentRev - of a new one, the revision it was sent with, whatever has changed it since. An id that is taken
   *   already is then an error, and never another message overwritten.
   */
  putMessage(key: number, record: MessageRecord, sentRev?: number): void;
  putVersion(key: number, version: MessageVersion): void;
  putReaction(key: number, messageId: string, userId: string, emoji: string, isPresent: boolean): void;
  putNote(key: number, record: NoteRecord): void;
  putReceipt(key: number, receipt: Receipt): void;
}
