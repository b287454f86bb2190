import type { Change, ConversationSettings, Head, PresenceStatus, Receipt } from "@tidings/core/protocol";

/** Carries what happened on one server process to all of them, itself included. */
export interface Bus {
  /** In order; never throws. What is lost here the clients notice by themselves (D4). */
  publish(events: readonly BusEvent[]): void;
  /** One listener per process. */
  listen(listener: (events: readonly BusEvent[]) => void): void;
  close(): Promise<void>;
}

export type BusEvent = CommittedEvent | ReceiptEvent | TypingEvent | PresenceEvent;

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
