import type { Cancel, LinkEvent } from "@tidings/core";
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
    }),
  };
}

/** Keeps to what is watched now. */
export function createWatching(link: SignalLink): (signal: Signal) => void {
  const stops = new Map<string, Cancel>();

  const watch = (wanted: readonly string[]): void => {
    for (const [conversationId, stop] of stops) {
      if (wanted.includes(conversationId)) continue;
      stops.delete(conversationId);
      stop();
    }
    for (const conversationId of wanted)
      if (!stops.has(conversationId)) stops.set(conversationId, link.watch(conversationId));
  };

  return (signal) => {
    if (signal.type === "watch") return watch(signal.conversationIds);
    const where = signal.type === "typing" ? [signal.conversationId] : [...stops.keys()];
    for (const conversationId of where) link.send(conversationId, signal).catch(() => {}); // it may be lost
  };
}
