import type { Observable, Scope } from "../base/observable.ts";
import type { Policy } from "../protocol/policy.ts";
import type { Signal, SignalEvent } from "../protocol/signals.ts";
import type { Alarms } from "./alarms.ts";

export interface TypingOptions {
  readonly alarms: Alarms;
  readonly scope: Scope;
  readonly policy: () => Policy["typing"];
  readonly send: (signal: Signal) => void;
}

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

export function createTyping({ alarms, scope, policy, send }: TypingOptions): Typing {
  const typists = new Map<string, readonly string[]>();
  const change = scope.cell(0);

  const put = (conversationId: string, userIds: readonly string[]): void => {
    if (userIds.length > 0) typists.set(conversationId, userIds);
    else typists.delete(conversationId);
    change.set(change.get() + 1);
  };

  const listed = (conversationId: string): readonly string[] => typists.get(conversationId) ?? nobody;

  const ended = (conversationId: string, userId: string): void => {
    const userIds = listed(conversationId);
    if (!userIds.includes(userId)) return;
    alarms.cancel(`typist\n${conversationId}\n${userId}`);
    put(
      conversationId,
      userIds.filter((each) => each !== userId),
    );
  };

  /** Nothing more is said of this conversation for a while: at most one signal per `everyMs`, whatever it says. */
  const say = (conversationId: string, active: boolean): void => {
    alarms.set(`limit\n${conversationId}`, policy().everyMs, () => {});
    send({ type: "typing", conversationId, active });
  };
  const limitedMs = (conversationId: string): number | undefined => alarms.leftMs(`limit\n${conversationId}`);
  const isTyping = (conversationId: string): boolean =>
    alarms.leftMs(`idle\n${conversationId}`) !== undefined;
  const stopIn = (conversationId: string, delayMs: number): void =>
    alarms.set(`idle\n${conversationId}`, delayMs, () => say(conversationId, false));

  return {
    of: (conversationId) => ({
      get: () => listed(conversationId),
      subscribe(listener) {
        let seen = listed(conversationId);
        return change.subscribe(() => {
          const now = listed(conversationId);
          if (now === seen) return;
          seen = now;
          listener(now);
        });
      },
    }),
    ended,
    receive({ conversationId, userId, active }) {
      if (!active) return ended(conversationId, userId);
      const userIds = listed(conversationId);
      if (!userIds.includes(userId)) {
        const isNew = userIds === nobody;
        if (userIds.length >= MOST_TYPISTS || (isNew && typists.size >= MOST_CONVERSATIONS)) return;
        put(conversationId, [...userIds, userId]);
      }
      const name = `typist\n${conversationId}\n${userId}`;
      alarms.set(name, policy().expiresMs, () => ended(conversationId, userId));
    },
    notify(conversationId) {
      if (limitedMs(conversationId) === undefined) say(conversationId, true);
      else if (!isTyping(conversationId)) return;
      stopIn(conversationId, policy().everyMs);
    },
    stop(conversationId) {
      if (isTyping(conversationId)) stopIn(conversationId, limitedMs(conversationId) ?? 0);
    },
    sent: (conversationId) => alarms.cancel(`idle\n${conversationId}`),
    forget() {
      for (const conversationId of [...typists.keys()]) put(conversationId, nobody);
    },
  };
}
