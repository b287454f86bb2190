import type { Observable } from "../base/observable.ts";
import type { Core } from "../client/core.ts";
import { type CountedUnread, countedIn } from "./thread-unread.ts";

/** What the backend has counted of threads whose messages are not all here. */
export interface ThreadCounts {
  readonly counted: Observable<ReadonlyMap<string, CountedUnread>>;
  /** Asks for what is unread above `readSeq`, unless that was asked already. */
  ask(threadId: string, readSeq: number): void;
  /** It may be another by now: of one thread, or of all. */
  doubt(threadId?: string): void;
}

/** Asked for at most of one conversation (D9); of more threads what is here counts. */
const MOST_ASKED = 50;

export function countThreads({ scope, loader }: Core, conversationId: string): ThreadCounts {
  const counted = scope.cell<ReadonlyMap<string, CountedUnread>>(new Map());
  const asked = new Map<string, number>();
  return {
    counted,
    ask(threadId, readSeq) {
      if (asked.get(threadId) === readSeq || (asked.size === MOST_ASKED && !asked.has(threadId))) return;
      asked.set(threadId, readSeq);
      loader.query({ type: "thread", conversationId, threadId, readSeq, limit: 1 }).then(
        (page) => {
          const found = countedIn(page);
          if (found && asked.get(threadId) === readSeq)
            counted.set(new Map([...counted.get(), [threadId, found]]));
        },
        () => {}, // by the next link, then
      );
    },
    doubt(threadId) {
      if (threadId === undefined) asked.clear();
      else asked.delete(threadId);
    },
  };
}
