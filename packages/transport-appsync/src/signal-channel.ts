import type { Cancel, LinkEvent } from "@tidings/core";
import type { MessagingError } from "@tidings/core/errors";
import type { Signal } from "@tidings/core/protocol";
import type { Authorize } from "./credentials.ts";
import type { Dialect } from "./dialects.ts";
import type { Poster } from "./http.ts";
import type { GraphQlRequest, SignalOperations } from "./operations.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** A way for typing and presence to travel. */
export interface SignalChannel {
  /** @internal */
  open(context: SignalChannelContext): SignalLink;
}

/** What a channel may use of its link. @internal */
export interface SignalChannelContext {
  readonly authorize: Authorize;
  readonly post: Poster;
  /** The link's own subscriptions. */
  readonly subscriptions: Subscriptions;
  readonly endpoint: string;
  /** Subscriptions on WebSockets of another address and dialect; they end with the link. */
  connect(address: ChannelAddress): Subscriptions;
  readonly receive: (events: readonly LinkEvent[]) => void;
}

/** Where another WebSocket is. @internal */
export interface ChannelAddress {
  readonly dialect: Dialect;
  readonly endpoint: string;
  readonly realtimeUrl: string;
  readonly host: string;
}

/** A channel for the life of one link. @internal */
export interface SignalLink {
  /** Begins to hear of a conversation. @returns stops it. */
  watch(conversationId: string): Cancel;
  send(conversationId: string, signal: Signal): Promise<unknown>;
  settled(): Promise<void>;
}

/** Typing and presence as mutations and a subscription to each conversation that is watched. */
export function graphQlSignals({ send, heard }: SignalOperations): SignalChannel {
  const bodyOf = (request: GraphQlRequest): string => JSON.stringify(request);
  return {
    open: ({ post, subscriptions, endpoint, receive }) => ({
      watch: (conversationId) =>
        subscriptions.add({
          body: bodyOf(heard.put(conversationId)),
          receive: (data) => receive(heard.read(data, conversationId) ?? []),
          ended: () => {},
        }),
      send: (conversationId, signal) => post(endpoint, bodyOf(send.put({ conversationId, signal }))),
      settled: () => subscriptions.settled(),
    }),
  };
}

/** Keeps to what is watched now. */
export class Watching {
  readonly #stops = new Map<string, Cancel>();
  readonly #link: SignalLink | undefined;

  constructor(link: SignalLink | undefined) {
    this.#link = link;
  }

  signal(signal: Signal): void {
    if (!this.#link) return;
    if (signal.type === "watch") return this.#watch(new Set(signal.conversationIds));
    const where = signal.type === "typing" ? [signal.conversationId] : [...this.#stops.keys()];
    for (const conversationId of where) this.#link.send(conversationId, signal).catch(ignore);
  }

  #watch(wanted: ReadonlySet<string>): void {
    for (const [conversationId, stop] of this.#stops) {
      if (wanted.has(conversationId)) continue;
      this.#stops.delete(conversationId);
      stop();
    }
    for (const conversationId of wanted) {
      const isNew = this.#link && !this.#stops.has(conversationId);
      if (isNew) this.#stops.set(conversationId, this.#link.watch(conversationId));
    }
  }
}

/** What may be lost. */
function ignore(_error: MessagingError): void {}
