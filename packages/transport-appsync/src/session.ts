import type { CloseReason, Clock, Link, LinkEvent, OpenRequest, Random } from "@tidings/core";
import { type MessagingError, toMessagingError } from "@tidings/core/errors";
import type { Addresses } from "./addresses.ts";
import { type AppSyncAuth, authorizer } from "./credentials.ts";
import { graphQlDialect } from "./dialects.ts";
import { failure } from "./faults.ts";
import { createPoster, type FetchLike } from "./http.ts";
import { createLink } from "./link.ts";
import type { AppSyncOperations } from "./operations.ts";
import { createQuestions } from "./questions.ts";
import { createReach } from "./reach.ts";
import { type ChannelAddress, createWatching, type SignalChannel } from "./signal-channel.ts";
import { createSubscriptions, type Subscriptions } from "./subscriptions.ts";
import type { WebSocketConstructor } from "./web-socket-like.ts";
import { type CredentialPlace, openWire } from "./wire.ts";

export interface SessionOptions {
  readonly addresses: Addresses;
  readonly auth: AppSyncAuth | undefined;
  readonly operations: AppSyncOperations;
  readonly signals: SignalChannel | undefined;
  readonly fetch: FetchLike;
  readonly WebSocket: WebSocketConstructor;
  readonly credentials: CredentialPlace;
  readonly subscriptionsPerSocket: number;
  readonly socketLifeMs: number;
  readonly resyncMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** One link, from before it is open to its end. */
export interface Session {
  /** Resolves once `welcome` has been delivered. */
  readonly opened: Promise<Link>;
  end(why: MessagingError): void;
}

/**
 *   welcome (HTTP) ▶ subscribe, keeping what comes ▶ heads (HTTP) ▶ open: welcome with those heads, then what was kept
 *
 * What happened before the heads is missing by them, and what happens after has been subscribed to; the client asks
 * for the first and applies both, in any order. Only that AppSync may lose what is said just after it has answered a
 * `start`: therefore the heads are asked for once more, a little later.
 */
export function startSession(options: SessionOptions, request: OpenRequest): Session {
  const { addresses, auth, operations } = options;
  const abort = new AbortController();
  const channels: Subscriptions[] = [];
  let token = request.token;
  let over: MessagingError | undefined;
  let isOpen = false;
  let kept: LinkEvent[] = [];
  let refuse = (_why: MessagingError): void => {};

  const end = (why: MessagingError): void => {
    if (over) return;
    over = why;
    abort.abort();
    reach.stop();
    for (const each of channels) each.close();
    refuse(why);
    if (isOpen) request.receive([{ type: "closed", reason: reasonOf(why) }]);
  };
  const receive = (events: readonly LinkEvent[]): void => {
    if (over || events.length === 0) return;
    if (!isOpen) kept.push(...events);
    else request.receive(events);
  };

  const authorize = authorizer(auth, () => token);
  const connect = (address: ChannelAddress): Subscriptions => {
    const made = createSubscriptions({
      ...options,
      open: (handler) => openWire({ ...options, ...address, authorize }, handler),
      onLost: end,
      onSettled: () => isOpen && reach.resync(),
    });
    channels.push(made);
    return made;
  };
  const subscriptions = connect({ ...addresses, dialect: graphQlDialect });
  const post = createPoster(options.fetch, authorize, abort.signal);
  const { endpoint } = addresses;
  const questions = createQuestions({ post, endpoint, end, over: () => over });
  const reach = createReach({ ...options, subscriptions, questions, receive });
  const signals = options.signals?.open({ authorize, post, subscriptions, endpoint, connect, receive });

  const open = async (): Promise<Link> => {
    const { clientId } = request;
    const welcome = await questions.ask(operations.welcome, { clientId });
    await reach.begin(welcome);
    const heads = await questions.ask(operations.heads, undefined);
    if (over) throw over;
    isOpen = true;
    const late = kept;
    kept = [];
    request.receive([{ type: "welcome", welcome: { ...welcome, heads } }, ...late]);
    reach.told(heads);
    return createLink({
      ...{ questions, operations, reach, end, welcome, signal: signals && createWatching(signals) },
      isSilent: () => channels.some((each) => each.isSilent()),
      settled: async () => void (await Promise.all(channels.map((each) => each.settled()))),
      ...(!auth && request.token !== undefined && { renew: (next: string) => renew(next, welcome.userId) }),
    });
  };

  /** From now on everything is asked with the new token, if it is good and of the same user. */
  const renew = async (next: string, userId: string): Promise<number | undefined> => {
    const asNew = createPoster(
      options.fetch,
      authorizer(undefined, () => next),
      abort.signal,
    );
    const found = await questions.askAs(asNew, operations.welcome, { clientId: request.clientId });
    if (found.userId !== userId)
      throw failure("auth/invalid", "unable to renew; it is the token of another user");
    token = next;
    return found.tokenExpiresInMs;
  };

  return {
    end,
    opened: new Promise((resolve, reject) => {
      refuse = reject;
      open().then(resolve, (error: unknown) => end(toMessagingError(error, "connection/failed")));
    }),
  };
}

function reasonOf({ code, retryable, retryAfterMs, message }: MessagingError): CloseReason {
  return { code, retryable, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
