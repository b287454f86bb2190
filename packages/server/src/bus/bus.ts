import type { Change, ConversationSettings, Head, PresenceStatus, Receipt } from "@tidings/core/protocol";

/** What one server process knows: of those who are online here, and of the conversations they are in. */
export interface NodeView {
  userIds(): Iterable<string>;
  conversationIds(userId: string): Iterable<string>;
  /** Undefined for a conversation nobody here is in. */
  conversation(conversationId: string): LiveView | undefined;
  /** Who is online here in a conversation, and who is typing. */
  signals(conversationId: string): readonly (TypingEvent | PresenceEvent)[];
}

export interface LiveView {
  /** As far as changes were delivered. */
  readonly head: Head;
  readonly settings: ConversationSettings;
  readonly isWatched: boolean;
  /** Online here, and in it. */
  readonly userIds: Iterable<string>;
}

/** Carries what happened on one server process to all of them, itself included. */
export interface Bus {
  /** In order; never throws. What is lost here the clients notice by themselves (D4). */
  publish(events: readonly BusEvent[]): void;
  /**
   * One listener per process.
   *
   * @param node - what this process knows, for a bus that must notice what it lost.
   */
  listen(listener: (events: readonly BusEvent[]) => void, node: NodeView): void;
  /** Somebody here begins to look at a conversation: who is online elsewhere is told through the listener. */
  watched?(conversationId: string): void;
  close(): Promise<void>;
}

export type BusEvent = CommittedEvent | ReceiptEvent | TypingEvent | PresenceEvent | GoneEvent;

/** A command took effect. */
export interface CommittedEvent {
  readonly type: "committed";
  /** The conversation afterwards. */
  readonly head: Head;
  readonly settings: ConversationSettings;
  readonly changes: readonly Change[];
  /** The session that gave the command: it has the changes from its ack. */
  readonly origin: string | undefined;
}

export interface ReceiptEvent {
  readonly type: "receipt";
  readonly receipt: Receipt;
  readonly settings: ConversationSettings;
  readonly origin: string | undefined;
}

export interface TypingEvent {
  readonly type: "typing";
  readonly conversationId: string;
  readonly userId: string;
  readonly active: boolean;
}

export interface PresenceEvent {
  readonly type: "presence";
  readonly userId: string;
  readonly status: PresenceStatus;
  readonly conversationIds: readonly string[];
}

/** Somebody turned out not to be in a conversation any more: the change that said so was lost. */
export interface GoneEvent {
  readonly type: "gone";
  readonly conversationId: string;
  readonly userId: string;
}
