import type { Cancel, Clock, LinkEvent } from "@tidings/core";
import type { Head, Welcome } from "@tidings/core/protocol";
import type { AppSyncOperations, Operation } from "./operations.ts";
import type { Questions } from "./questions.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** What a link hears of: every conversation of the user, and where they stand. */
export interface Reach {
  /** Subscribes to all there is; resolves once AppSync has answered. */
  begin(welcome: Welcome): Promise<void>;
  /** These the client knows of; they are asked for once more, a little later. */
  told(heads: readonly Head[]): void;
  /** Tells the heads that moved, follows new conversations, and leaves those that are gone. */
  sync(): Promise<void>;
  /** As `sync`, and tries again what was refused or ended. */
  check(): Promise<void>;
  /** Something was subscribed to: asks at once, and once more later. */
  resync(): void;
  stop(): void;
}

export interface ReachOptions {
  readonly operations: AppSyncOperations;
  readonly subscriptions: Subscriptions;
  readonly questions: Questions;
  readonly receive: (events: readonly LinkEvent[]) => void;
  readonly clock: Clock;
  readonly resyncMs: number;
}

/** As many as a welcome or a pong may hold: whether others are gone, a list this long does not say. */
const MOST_HEADS = 1_000;

export function createReach(options: ReachOptions): Reach {
  const { operations, subscriptions, questions, receive, clock, resyncMs } = options;
  const followed = new Map<string, Cancel>();
  /** Ended or refused by AppSync; not tried again before the next check. */
  const resting = new Set<string>();
  const told = new Map<string, number>();
  let userId = "";
  let cancel: Cancel = () => {};
  let running: Promise<void> | undefined;
  let isAskedAgain = false;

  const subscribe = <Subject>(
    operation: Operation<Subject, readonly LinkEvent[]>,
    subject: Subject,
    ended: () => void,
  ): Cancel =>
    subscriptions.add({
      body: JSON.stringify(operation.put(subject)),
      receive(data) {
        const events = operation.read(data, subject);
        if (!events) return poke();
        for (const event of events) notice(event);
        receive(events);
      },
      ended,
    });

  const follow = (conversationId: string): void => {
    if (followed.has(conversationId) || resting.has(conversationId)) return;
    const ended = (): void => {
      followed.delete(conversationId);
      resting.add(conversationId);
      poke();
    };
    followed.set(conversationId, () => {});
    const stop = subscribe(operations.heard, conversationId, ended);
    if (followed.has(conversationId)) followed.set(conversationId, stop);
  };

  const unfollow = (conversationId: string): void => {
    followed.get(conversationId)?.();
    followed.delete(conversationId);
  };

  /** Whether one is in a conversation is told by one's own record. */
  const notice = (event: LinkEvent): void => {
    if (event.type !== "change" || event.change.record.type !== "participant") return;
    const { conversationId, record } = event.change;
    if (record.userId !== userId) return;
    if (record.status === "active" || record.status === "muted") {
      resting.delete(conversationId);
      follow(conversationId);
    } else unfollow(conversationId);
  };

  /** Whatever was missed shows in the heads. What fails is tried again by the next check. */
  const poke = (): void => void sync().catch(() => {});

  const note = (heads: readonly Head[]): void => {
    for (const { conversationId, rev } of heads) {
      told.set(conversationId, rev);
      follow(conversationId);
    }
    if (heads.length >= MOST_HEADS) return;
    const present = new Set(heads.map(({ conversationId }) => conversationId));
    for (const conversationId of [...followed.keys()])
      if (!present.has(conversationId)) unfollow(conversationId);
    for (const conversationId of told.keys()) if (!present.has(conversationId)) told.delete(conversationId);
  };

  const look = async (): Promise<void> => {
    const heads = await questions.ask(operations.heads, undefined);
    const moved = heads.filter(({ conversationId, rev }) => told.get(conversationId) !== rev);
    note(heads);
    if (moved.length > 0) receive([{ type: "heads", heads: moved }]);
  };

  /** One at a time: who asks meanwhile gets an answer to a question put later than theirs. */
  const sync = async (): Promise<void> => {
    if (running) {
      isAskedAgain = true;
      return running;
    }
    const rounds = async (): Promise<void> => {
      do {
        isAskedAgain = false;
        await look();
      } while (isAskedAgain);
    };
    running = rounds().finally(() => (running = undefined));
    return running;
  };

  const later = (): void => {
    cancel();
    cancel = clock.after(resyncMs, poke);
  };

  return {
    async begin(welcome) {
      ({ userId } = welcome);
      if (operations.inbox) subscribe(operations.inbox, welcome, () => {});
      for (const { conversationId } of welcome.heads) follow(conversationId);
      await subscriptions.settled();
    },
    told(heads) {
      note(heads);
      later();
    },
    sync,
    check() {
      resting.clear();
      return sync();
    },
    resync() {
      poke();
      later();
    },
    stop: () => cancel(),
  };
}
