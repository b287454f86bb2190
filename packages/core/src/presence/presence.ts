import type { Clock } from "../base/clock.ts";
import type { Observable, Scope, Unsubscribe } from "../base/observable.ts";
import type { Link } from "../ports/transport.ts";
import { idPattern } from "../protocol/bounds.ts";
import { defaultPolicy, type Policy } from "../protocol/policy.ts";
import type { PresenceStatus, Signal, SignalEvent } from "../protocol/signals.ts";
import { createAlarms } from "../base/alarms.ts";
import { createTyping } from "./typing.ts";
import { createWatchList } from "./watch-list.ts";

/** What a policy says of signals. */
export type SignalPolicy = Pick<Policy, "typing" | "presenceExpiresMs">;

export interface PresenceOptions {
  readonly clock: Clock;
  readonly scope: Scope;
  /** Oneself, as far as the backend has said; never listed among those who type. */
  readonly userId: () => string | undefined;
  /** The app has opened it, rather than shown it in a list. */
  readonly isOpen: (conversationId: string) => boolean;
}

/**
 * Signals of one client: who types, who is there, and what oneself looks at. Nothing here is stored or numbered. Typing
 * ends by the clock. Presence is told when it changes, for conversations watched, and holds until the backend says
 * otherwise; of someone who is no longer watched it would say nothing more, so some time after a watch has ended all are
 * asked for anew, and who is not heard of is forgotten. Without a link nothing is known.
 */
export interface Presence {
  /** As the backend said, of users in conversations watched; anyone else is unknown. */
  readonly users: Observable<ReadonlyMap<string, PresenceStatus>>;
  typing(conversationId: string): Observable<readonly string[]>;
  /** A key was pressed: says so at most once per `policy.typing.everyMs`, and that it is over when no more follow. */
  notify(conversationId: string): void;
  /** The composer was left or emptied. */
  stop(conversationId: string): void;
  /** Someone said something, perhaps oneself: that ends their typing. */
  said(conversationId: string, userId: string): void;
  /** Asks for the signals of a conversation until the result is called; counted. */
  watch(conversationId: string): Unsubscribe;
  /** The user has come into a conversation: what was asked for there before is asked for again. */
  entered(conversationId: string): void;
  /** Says how oneself is; repeated while there is a link, as a sign of life. */
  setStatus(status: PresenceStatus): void;
  receive(event: SignalEvent): void;
  learn(policy: SignalPolicy): void;
  /** A new link: say what it should know. None: everything is unknown. */
  use(link: Link | undefined): void;
  /** Ends the timer; everything can still be read. */
  close(): void;
}

/** Users known of at once; a server that names more is not followed (D9). */
const MOST_USERS = 5_000;
/** A policy of less would make clients flood their own backend (D9). */
const SHORTEST_LIFE_MS = 2_000;
/** How long the backend has to tell who is there. */
const ANSWER_MS = 5_000;

export function createPresence({ clock, scope, userId, isOpen }: PresenceOptions): Presence {
  const alarms = createAlarms(clock);
  const known = new Map<string, PresenceStatus>();
  /** Of those, who was heard of since all were last asked for. */
  const fresh = new Set<string>();
  const users = scope.lazy<ReadonlyMap<string, PresenceStatus>>(() => new Map(known));
  let policy: SignalPolicy = defaultPolicy;
  let link: Link | undefined;
  let own: PresenceStatus = "online";

  const send = (signal: Signal): void => link?.signal(signal);
  const typing = createTyping(alarms, scope, () => policy.typing, send);

  const heard = (user: string, status: PresenceStatus): void => {
    if (known.size >= MOST_USERS && !known.has(user)) return;
    fresh.add(user);
    if (known.get(user) === status) return;
    known.set(user, status);
    users.invalidate();
  };

  const forgetAllBut = (kept: ReadonlySet<string>): void => {
    const before = known.size;
    for (const user of [...known.keys()]) if (!kept.has(user)) known.delete(user);
    if (known.size < before) users.invalidate();
  };

  const askAnew = (): void => {
    fresh.clear();
    send({ type: "watch", conversationIds: [] }); // who is there is told of what is watched newly
    watchList.renew();
    alarms.set("answer", ANSWER_MS, () => forgetAllBut(fresh));
  };
  const watchList = createWatchList({
    ...{ alarms, send, isOpen },
    onLess() {
      if (alarms.leftMs("doubt") === undefined) alarms.set("doubt", policy.presenceExpiresMs, askAnew);
    },
  });

  /** Twice per lifetime, so that one lost repetition does not make anybody vanish. */
  const tellOwn = (): void => {
    send({ type: "presence", status: own });
    alarms.set("own", policy.presenceExpiresMs / 2, tellOwn);
  };

  return {
    users,
    typing: (conversationId) => typing.of(conversationId),
    notify: (conversationId) => link && idPattern.test(conversationId) && typing.notify(conversationId),
    stop: (conversationId) => typing.stop(conversationId),
    said(conversationId, user) {
      if (user === userId()) typing.sent(conversationId);
      else typing.ended(conversationId, user);
    },
    ...{ watch: watchList.watch, entered: watchList.entered },
    setStatus(status) {
      if (status === own) return;
      own = status;
      if (link) tellOwn();
    },
    receive(event) {
      if (!link) return;
      if (event.type === "presence") heard(event.userId, event.status);
      else if (event.userId !== userId()) typing.receive(event);
    },
    learn(next) {
      policy = { ...next, presenceExpiresMs: Math.max(SHORTEST_LIFE_MS, next.presenceExpiresMs) };
    },
    use(next) {
      link = next;
      alarms.clear();
      typing.forget();
      fresh.clear();
      forgetAllBut(fresh);
      if (!link) return;
      watchList.renew();
      tellOwn();
    },
    close() {
      link = undefined;
      alarms.close();
    },
  };
}
