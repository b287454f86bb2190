import type { Observable, Scope } from "../base/observable.ts";
import type { Policy } from "../protocol/policy.ts";
import type { Signal, SignalEvent } from "../protocol/signals.ts";
import type { Alarms } from "../base/alarms.ts";

/** Who types: others, until they stop, speak or fall silent; and oneself, told sparingly. */
export interface Typing {
  /** The ids of others who type in a conversation, in the order they began. */
  of(conversationId: string): Observable<readonly string[]>;
  receive(event: Extract<SignalEvent, { readonly type: "typing" }>): void;
  /** This user no longer types here: they said what they had to say. */
  ended(conversationId: string, userId: string): void;
  /** A key was pressed. */
  notify(conversationId: string): void;
  /** The composer was left or emptied. */
  stop(conversationId: string): void;
  /** The message was sent; it says by itself that typing is over. */
  sent(conversationId: string): void;
  /** The link is gone: nobody is known to type. */
  forget(): void;
}

/** Typists shown per conversation, and conversations with any; a server that names more is not followed (D9). */
const MOST_TYPISTS = 32;
const MOST_CONVERSATIONS = 100;
const nobody: readonly string[] = [];

export function createTyping(
  alarms: Alarms,
  scope: Scope,
  policy: () => Policy["typing"],
  send: (signal: Signal) => void,
): Typing {
  const typists = scope.cell<ReadonlyMap<string, readonly string[]>>(new Map());

  const listed = (conversationId: string): readonly string[] => typists.get().get(conversationId) ?? nobody;

  const put = (conversationId: string, userIds: readonly string[]): void => {
    const next = new Map(typists.get());
    if (userIds.length > 0) next.set(conversationId, userIds);
    else next.delete(conversationId);
    typists.set(next);
  };

  const ended = (conversationId: string, userId: string): void => {
    const userIds = listed(conversationId);
    const others = userIds.filter((each) => each !== userId);
    if (others.length === userIds.length) return;
    alarms.cancel(nameOf("typist", conversationId, userId));
    put(conversationId, others);
  };

  /** Nothing more is said of this conversation for a while: at most one signal per `everyMs`, whatever it says. */
  const say = (conversationId: string, active: boolean): void => {
    alarms.set(nameOf("limit", conversationId), policy().everyMs, () => {});
    send({ type: "typing", conversationId, active });
  };
  const stopIn = (conversationId: string, delayMs: number): void =>
    alarms.set(nameOf("idle", conversationId), delayMs, () => say(conversationId, false));
  /** Others have been told that one types here, and not yet that it is over. */
  const isTold = (conversationId: string): boolean =>
    alarms.leftMs(nameOf("idle", conversationId)) !== undefined;

  return {
    of: (conversationId) => ({
      get: () => listed(conversationId),
      subscribe(listener) {
        let seen = listed(conversationId);
        return typists.subscribe(() => {
          const now = listed(conversationId);
          if (now !== seen) listener((seen = now));
        });
      },
    }),
    ended,
    receive({ conversationId, userId, active }) {
      if (!active) return ended(conversationId, userId);
      const userIds = listed(conversationId);
      if (!userIds.includes(userId)) {
        if (userIds.length >= MOST_TYPISTS) return;
        if (typists.get().size >= MOST_CONVERSATIONS && userIds === nobody) return;
        put(conversationId, [...userIds, userId]);
      }
      const name = nameOf("typist", conversationId, userId);
      alarms.set(name, policy().expiresMs, () => ended(conversationId, userId));
    },
    notify(conversationId) {
      if (alarms.leftMs(nameOf("limit", conversationId)) === undefined) say(conversationId, true);
      else if (!isTold(conversationId)) return;
      stopIn(conversationId, policy().everyMs);
    },
    stop(conversationId) {
      if (isTold(conversationId)) stopIn(conversationId, alarms.leftMs(nameOf("limit", conversationId)) ?? 0);
    },
    sent: (conversationId) => alarms.cancel(nameOf("idle", conversationId)),
    forget: () => typists.set(new Map()),
  };
}

/** The name of an alarm; ids hold no control characters. */
function nameOf(...parts: readonly string[]): string {
  return parts.join("\n");
}
