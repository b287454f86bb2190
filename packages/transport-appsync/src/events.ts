/** Typing and presence over the AppSync Events API. */
import type { LinkEvent } from "@tidings/core";
import { hostOf } from "./addresses.ts";
import { readSignal } from "./default-operations.ts";
import { eventsDialect } from "./dialects.ts";
import type { SignalChannel } from "./signal-channel.ts";

export interface EventsSignalsOptions {
  /** Where events are published: `https://….appsync-api.eu-west-1.amazonaws.com/event`, or a domain of yours. */
  readonly endpoint: string;
  /** Where they are heard, if a proxy of yours keeps it elsewhere than AppSync would. */
  readonly realtimeUrl?: string;
  /** The host that AppSync wants to read in every authorisation; that of `endpoint` by default. */
  readonly host?: string;
  /** The channel's namespace; "tidings" by default. */
  readonly namespace?: string;
}

const LONGEST_SEGMENT = 50;
/** Of a channel five, the first being the namespace. */
const MOST_SEGMENTS = 4;

/**
 * Typing and presence over AppSync's Events API: cheaper than mutations, and what gets lost there may be lost.
 *
 * The namespace has to stamp who publishes (`onPublish`) and to ask whether they are in the conversation
 * (`onPublish`, `onSubscribe`): `docs/guides/appsync.md` has the handlers. A conversation whose id does not fit into a
 * channel's name has no signals.
 *
 * @throws {MessagingError} `client/misused` if an address is none.
 */
export function eventsSignals(options: EventsSignalsOptions): SignalChannel {
  const { endpoint, namespace = "tidings" } = options;
  const host = options.host ?? hostOf(endpoint);
  const own = endpoint.replace(/^http/i, "ws").replace(".appsync-api.", ".appsync-realtime-api.");
  const realtimeUrl = options.realtimeUrl ?? `${own}/realtime`;
  return {
    open({ connect, post, receive }) {
      const subscriptions = connect({ dialect: eventsDialect, endpoint, realtimeUrl, host });
      const channelOf = (conversationId: string): string | undefined => {
        const path = channelPath(conversationId);
        return path && `/${namespace}/${path}`;
      };
      return {
        watch(conversationId) {
          const channel = channelOf(conversationId);
          if (!channel) return () => {};
          const heard = (data: unknown): void => receive(readEvents(data));
          return subscriptions.add({ body: JSON.stringify({ channel }), receive: heard, ended: () => {} });
        },
        async send(conversationId, signal) {
          const channel = channelOf(conversationId);
          const events = [JSON.stringify({ ...signal, conversationId })];
          if (channel) await post(endpoint, JSON.stringify({ channel, events }));
        },
      };
    },
  };
}

/** One event or, as the guide has it in places, a list of them. */
function readEvents(data: unknown): readonly LinkEvent[] {
  const events: readonly unknown[] = Array.isArray(data) ? data : [data];
  return events.flatMap((event) => readSignal(event) ?? []);
}

/** A channel's segments take letters, digits and dashes, 50 of them; whatever else an id holds is written in hex. */
export function channelPath(conversationId: string): string | undefined {
  const isPlain =
    /^(?!x-)[a-z\d]+(-[a-z\d]+)*$/i.test(conversationId) && conversationId.length <= LONGEST_SEGMENT;
  if (isPlain) return conversationId;
  const bytes = new TextEncoder().encode(conversationId);
  const hex = `x-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  const segments = hex.match(/.{1,50}/g) ?? [];
  return segments.length <= MOST_SEGMENTS ? segments.join("/") : undefined;
}
