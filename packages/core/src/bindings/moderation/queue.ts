import { type Clock, systemClock } from "../../base/clock.ts";
import { createScope, type Observable } from "../../base/observable.ts";
import { whileWatched } from "../../base/while-watched.ts";
import { type MessagingError, toMessagingError } from "../../errors/messaging-error.ts";
import type { CaseDecision, ModerationCase } from "../../protocol/cases.ts";
import { rethrow } from "../rethrow.ts";
import type { CasesQuery, ModerationBackend } from "./backend.ts";

export interface ModerationQueueOptions extends Omit<CasesQuery, "after"> {
  readonly backend: ModerationBackend;
  /** It is asked again this often while somebody looks. Default 30 s. */
  readonly everyMs?: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

export interface ModerationQueueState {
  readonly cases: readonly ModerationCase[];
  /** Cases that one has decided, and the backend has not answered yet. */
  readonly deciding: ReadonlySet<string>;
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  /** Why they could not be loaded; what was there stays. */
  readonly error: MessagingError | undefined;
}

/** What moderators are to look at. It is loaded while somebody looks at it. */
export interface ModerationQueue extends Observable<ModerationQueueState> {
  /** From the first page on, as many as there were. Never rejects: `error` says what went wrong. */
  refresh(): Promise<void>;
  loadMore(): Promise<void>;
  /**
   * It is decided as it stands in the list, and leaves that once it is, by whomever. Rejects with a `MessagingError`:
   * `moderation/decided` if somebody else decided otherwise meanwhile, `moderation/changed` if it is another by now, which
   * the list then shows.
   */
  decide(caseId: string, decision: CaseDecision, reason?: string): Promise<ModerationCase>;
}

const nothing: ModerationQueueState = {
  ...{ cases: [], deciding: new Set<string>(), isLoading: false, hasMore: false, error: undefined },
};

export function createModerationQueue({
  backend,
  everyMs = 30_000,
  clock = systemClock,
  ...query
}: ModerationQueueOptions): ModerationQueue {
  const scope = createScope(rethrow);
  const state = scope.cell<ModerationQueueState>(nothing);
  const put = (part: Partial<ModerationQueueState>): void => state.set({ ...state.get(), ...part });
  let next: string | undefined;
  /** Answers to earlier questions come too late. */
  let asked = 0;

  /** Goes on behind `known`, until there are no fewer than before: pages that somebody has loaded stay. */
  const load = async (known: readonly ModerationCase[], from?: string): Promise<void> => {
    const turn = (asked += 1);
    let [cases, after] = [known, from];
    put({ isLoading: true });
    try {
      do {
        const page = await backend.list({ ...query, after });
        if (turn !== asked) return;
        cases = joined(cases, page.items);
        after = page.next;
      } while (after !== undefined && cases.length < state.get().cases.length);
      next = after;
      put({ cases, hasMore: next !== undefined, isLoading: false, error: undefined });
    } catch (error) {
      if (turn === asked) put({ isLoading: false, error: toMessagingError(error) });
    }
  };
  const refresh = (): Promise<void> => load([]);

  const repeat = (): (() => void) => {
    let cancel = (): void => {};
    let isOver = false;
    const turn = async (): Promise<void> => {
      await refresh();
      if (!isOver) cancel = clock.after(everyMs, () => void turn());
    };
    void turn();
    return () => {
      isOver = true;
      cancel();
    };
  };

  const mark = (caseId: string, isDeciding: boolean): void => {
    const deciding = new Set(state.get().deciding);
    if (isDeciding) deciding.add(caseId);
    else deciding.delete(caseId);
    put({ deciding });
  };
  const drop = (caseId: string): void => {
    asked += 1; // an answer on its way may have been read before
    put({ cases: state.get().cases.filter(({ id }) => id !== caseId), isLoading: false });
  };

  return {
    ...whileWatched(state, () => [repeat()]),
    refresh,
    loadMore: async () => {
      if (next !== undefined && !state.get().isLoading) await load(state.get().cases, next);
    },
    async decide(caseId, decision, reason) {
      mark(caseId, true);
      try {
        const seen = state.get().cases.find(({ id }) => id === caseId);
        const decided = await backend.decide(seen ?? { id: caseId, revision: 0 }, decision, reason);
        drop(caseId);
        return decided;
      } catch (error) {
        const told = toMessagingError(error);
        if (told.code === "moderation/changed") await refresh();
        if (told.code === "moderation/decided" || told.code === "moderation/not-found") drop(caseId);
        throw told;
      } finally {
        mark(caseId, false);
      }
    },
  };
}

/** A case whose place has moved meanwhile stands where it was met first. */
function joined(
  known: readonly ModerationCase[],
  more: readonly ModerationCase[],
): readonly ModerationCase[] {
  const ids = new Set(known.map(({ id }) => id));
  return [...known, ...more.filter(({ id }) => !ids.has(id))];
}
