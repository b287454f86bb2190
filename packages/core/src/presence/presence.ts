import type { Clock } from "../base/clock.ts";
import type { Observable, Scope, Unsubscribe } from "../base/observable.ts";
import type { Link } from "../ports/transport.ts";
import { defaultPolicy, type Policy } from "../protocol/policy.ts";
import type { PresenceStatus, Signal, SignalEvent } from "../protocol/signals.ts";
import { createAlarms } from "./alarms.ts";
import { createTyping } from "./typing.ts";
import { createWatchList } from "./watch-list.ts";

/** What a policy says of signals. */
export type SignalPolicy = Pick<Policy, "typing" | "presenceExpiresMs">;

export interface PresenceOptions {
  readonly clock: Clock;
  readonly scope: Scope;
  /** Oneself, as far as the backend has said; never listed among those who type. */
  readonly userId: () => string | undefined;
}

/**
 * Signals of one client: who types, who is there, and what oneself looks at. Nothing here is stored or numbered; all of
 * it expires by the clock and is unknown while there is no link.
 */
export interface Presence {
  /** Users heard of within `policy.presenceExpiresMs`; anyone else is unknown. */
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
  /** Says how oneself is; repeated while there is a link, as presence expires. */
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

export function createPresence({ clock, scope, userId }: PresenceOptions): Presence {
  const alarms = createAlarms(clock);
  const known = new Map<string, PresenceStatus>();
  const users = scope.lazy<ReadonlyMap<string, PresenceStatus>>(() => new Map(known));
  let policy: SignalPolicy = defaultPolicy;
  let link: Link | undefined;
  let own: PresenceStatus = "online";

  const send = (signal: Signal): void => link?.signal(signal);
  const typing = createTyping(alarms, scope, () => policy.typing, send);
  const watchList = createWatchList(alarms, send);

  const forget = (user: string): void => {
    if (known.delete(user)) users.invalidate();
  };

  const heard = (user: string, status: PresenceStatus): void => {
    if (known.size >= MOST_USERS && !known.has(user)) return;
    alarms.set(`user\n${user}`, policy.presenceExpiresMs, () => forget(user));
    if (known.get(user) === status) return;
    known.set(user, status);
    users.invalidate();
  };

  /** Twice per lifetime, so that one lost repetition does not make anybody vanish. */
  const tellOwn = (): void => {
    send({ type: "presence", status: own });
    alarms.set("own", policy.presenceExpiresMs / 2, tellOwn);
  };

  return {
    users,
    typing: (conversationId) => typing.of(conversationId),
    notify: (conversationId) => link && typing.notify(conversationId),
    stop: (conversationId) => typing.stop(conversationId),
    said(conversationId, user) {
      if (user === userId()) typing.sent(conversationId);
      else typing.ended(conversationId, user);
    },
    watch: (conversationId) => watchList.watch(conversationId),
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
      policy = next;
    },
    use(next) {
      link = next;
      alarms.clear();
      typing.forget();
      const wasKnown = known.size > 0;
      known.clear();
      if (wasKnown) users.invalidate();
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
