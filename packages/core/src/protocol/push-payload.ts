/**
 * What a server pushes to a device about a conversation, or about a message its owner wanted to be reminded of: as much as
 * its reader's rules, and the conversation, allow.
 */
export interface PushPayload {
  readonly version: 1;
  readonly conversationId: string;
  /** The newest message there is to tell of, and its place; of a reminder's message the place is 0 if it cannot be read. */
  readonly messageId: string;
  readonly seq: number;
  /** How many there are to tell of, this one included. */
  readonly count: number;
  readonly sound: boolean;
  /** Unread messages of all conversations that are not muted, without those of people one blocks. */
  readonly badge: number;
  /** Of a reminder, and of nothing else: when it was due, server time in ms. */
  readonly dueAt?: number;
  /** Of a reminder: what its owner wrote to themselves. */
  readonly note?: string;
  /** Absent where no more may be said than that there is something. */
  readonly authorId?: string;
  /** The conversation's. */
  readonly name?: string;
  /** The beginning of what it says. */
  readonly text?: string;
}
