import type { Change, ConversationSettings, Head, PresenceStatus, Receipt } from "@tidings/core/protocol";

/** People whom a node names to another that asks who is in a conversation there (D9). */
export const MOST_NAMED = 1_000;

/** What one server process knows of those who are online here. */
export interface NodeView {
  /** Does anybody here look at the conversation now? */
  isWatched(conversationId: string): boolean;
  /** All that somebody here looks at now. */
  watched(): readonly string[];
  /** Who is online here in a conversation, and who is typing. */
  signals(conversationId: string): readonly (TypingEvent | PresenceEvent)[];
  /** Of these people, who looks at the conversation here now. */
  looking(conversationId: string, userIds: readonly string[]): readonly string[];
}

/** Carries what happened on one server process to all of them, itself included. */
export interface Bus {
  /** In any order, once or twice; never throws. Whoever may have missed something hears `lost` instead. */
  publish(events: readonly BusEvent[]): void;
  /**
   * One listener per process.
   *
   * @param node - what this process can tell others who ask.
   */
  listen(listener: (events: readonly BusEvent[]) => void, node: NodeView): void;
  /** Somebody here begins to look at a conversation: who is online elsewhere is told through the listener. */
  readonly watched?: ((conversationId: string) => void) | undefined;
  /**
   * Of these people, who looks at the conversation on other processes, as far as those answer soon. Never rejects.
   * Absent: there are none.
   */
  readonly looking?: Looking | undefined;
  /** False while other processes are not heard. Absent: there are none. */
  readonly isConnected?: boolean | undefined;
  close(): Promise<void>;
}

export type Looking = (conversationId: string, userIds: readonly string[]) => Promise<ReadonlySet<string>>;

export type BusEvent = CommittedEvent | ReceiptEvent | TypingEvent | PresenceEvent | ErasedEvent | LostEvent;

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

/** A person was erased: links opened by tokens issued up to `at`, server time in ms, are theirs no more. */
export interface ErasedEvent {
  readonly type: "erased";
  readonly userId: string;
  readonly at: number;
}

/** Something may have been committed that nobody was told of: the store knows. */
export interface LostEvent {
  readonly type: "lost";
  /** Where, and who may have come in or gone out by it; neither: anywhere, anybody. */
  readonly conversationIds?: readonly string[];
  readonly userIds?: readonly string[];
  /** It may even be committed yet. */
  readonly isUnderWay?: boolean;
}
