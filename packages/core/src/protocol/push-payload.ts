/** What a server pushes to a device about a conversation: as much as its reader's rules, and the conversation, allow. */
export interface PushPayload {
  readonly version: 1;
  readonly conversationId: string;
  /** The newest message there is to tell of, and its place. */
  readonly messageId: string;
  readonly seq: number;
  /** How many there are to tell of, this one included. */
  readonly count: number;
  readonly sound: boolean;
  /** Unread messages of all conversations that are not muted. */
  readonly badge: number;
  /** Absent where no more may be said than that there is something. */
  readonly authorId?: string;
  /** The conversation's. */
  readonly name?: string;
  /** The beginning of what it says. */
  readonly text?: string;
}
