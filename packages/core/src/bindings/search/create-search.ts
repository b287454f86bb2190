import { type Cancel, systemClock } from "../../base/clock.ts";
import { createScope, type Unsubscribe } from "../../base/observable.ts";
import { whileWatched } from "../../base/while-watched.ts";
import { internalsOf } from "../../client/internals.ts";
import type { Client } from "../../client/types.ts";
import type { CustomOf, CustomSchemas, JsonCustom } from "../../compose/custom.ts";
import { searchPlan } from "../../domain/search.ts";
import { type MessagingError, toMessagingError } from "../../errors/messaging-error.ts";
import type { SearchFilter, SearchHit } from "../../protocol/search.ts";
import { notesOf } from "../notes-of.ts";
import { rethrow } from "../rethrow.ts";
import { keptOf } from "./kept.ts";
import { walk } from "./local.ts";
import { merged, placesOf } from "./merge.ts";
import type { BackendSearch, MessageSearch, MessageSearchOptions, SearchState } from "./types.ts";

/** One search, from `find` to the next. */
interface Run {
  readonly filter: SearchFilter;
  /** Who looks for it. */
  readonly reader: string | undefined;
  local: readonly SearchHit[];
  kept: readonly SearchHit[];
  remote: readonly SearchHit[];
  /** Of what lies on storage, so many. */
  most: number;
  hasMoreKept: boolean;
  isWalking: boolean;
  isReading: boolean;
  backend: BackendSearch;
  next: string | undefined;
  error: MessagingError | undefined;
}

const NOTHING: SearchState = {
  ...{
    filter: undefined,
    items: [],
    isSearching: false,
    backend: "waiting",
    progress: undefined,
    hasMore: false,
    error: undefined,
  },
};

/** Looking goes on in the next turn after so long, so that the page stays quick. */
const SLICE_MS = 8;
/** What changes meanwhile is looked through again after so long, all together. */
const FOLLOW_MS = 200;

/** A search over one client. Holds nothing once nobody is subscribed, so there is no need to close it. */
export function createSearch<Schemas extends CustomSchemas = JsonCustom>(
  client: Client<Schemas>,
  options?: MessageSearchOptions,
): MessageSearch<CustomOf<Schemas, "message">>;
export function createSearch(
  client: Client,
  { limit = 50, delayMs = 200, clock = systemClock }: MessageSearchOptions = {},
): MessageSearch {
  const { core } = internalsOf(client);
  const kept = keptOf(client);
  const scope = createScope(rethrow);
  const state = scope.cell<SearchState>(NOTHING);
  let current: Run | undefined;
  let cancelWalk: Cancel = () => {};
  let cancelAsk: Cancel = () => {};
  let cancelFollow: Cancel | undefined;
  /** What storage was asked last: only that is waited for. */
  let latest: object | undefined;

  const show = (run: Run): void => {
    const { filter, backend, error, isWalking, isReading, next, hasMoreKept } = run;
    const progress = kept.progress.get();
    const isHere = !isWalking && !isReading && !progress;
    const isSearching = !isHere || backend === "waiting" || backend === "asking";
    const items = merged(core, filter, run);
    const hasMore = next !== undefined || hasMoreKept;
    state.set({ filter, items, isSearching, backend, progress, error, hasMore });
  };

  const walkOn = (run: Run, steps: ReturnType<typeof walk>): void => {
    const until = clock.now() + SLICE_MS;
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) {
        run.local = step.value;
        run.isWalking = false;
        return show(run);
      }
      if (clock.now() < until) continue;
      cancelWalk = clock.after(0, () => walkOn(run, steps));
      return;
    }
  };

  const look = (run: Run): void => {
    cancelWalk();
    run.isWalking = true;
    walkOn(run, walk(placesOf(core, run.filter), run.filter, limit));
    void read(run);
  };

  const read = async (run: Run): Promise<void> => {
    run.isReading = true;
    const reading = (latest = {});
    const { hits, hasMore, hasOpened } = await kept.find(run.filter, run.most);
    if (current !== run || latest !== reading) return;
    run.isReading = false;
    run.kept = hits;
    run.hasMoreKept = hasMore;
    if (hasOpened) look(run);
    else show(run);
  };

  const ask = async (run: Run): Promise<void> => {
    const after = run.next;
    run.backend = "asking";
    show(run);
    try {
      const page = await core.loader.query({
        ...{ ...run.filter, type: "search", limit: Math.min(limit, core.limits().pageSize) },
        ...(after !== undefined && { after }),
      });
      run.remote = [...run.remote, ...page.items];
      run.next = page.next;
      run.backend = "answered";
      run.error = undefined;
    } catch (cause) {
      const error = toMessagingError(cause);
      run.backend = failureOf(error);
      run.error = run.backend === "failed" ? error : undefined;
    }
    if (current === run) show(run);
  };

  const follow = (): void => {
    cancelFollow ??= clock.after(FOLLOW_MS, () => {
      cancelFollow = undefined;
      if (current) look(current);
    });
  };

  const halt = (): void => {
    cancelWalk();
    cancelAsk();
    cancelFollow?.();
    cancelFollow = undefined;
  };

  const comeBack = (): void => {
    if (current?.backend === "offline" && client.connection.get().name === "online") void ask(current);
  };

  /** What was found for somebody is not there for the next, listened to or not (D8). */
  const isAnothers = (): boolean => current !== undefined && current.reader !== core.userId();
  const turn = (): void => {
    if (current && isAnothers()) find(current.filter);
  };

  const begin = (): readonly Unsubscribe[] => {
    turn();
    if (current?.isWalking) look(current);
    return [
      client.on("change", follow),
      core.updates.subscribe(follow),
      client.on("outbox", follow),
      kept.progress.subscribe(follow),
      kept.caughtUp.subscribe(follow),
      notesOf(client).notes.subscribe(follow),
      client.userId.subscribe(turn),
      client.connection.subscribe(comeBack),
      halt,
    ];
  };

  const find = (filter: SearchFilter | undefined): void => {
    halt();
    if (!filter || !searchPlan(filter, core.userId() ?? "")) {
      current = undefined;
      state.set(filter ? { ...NOTHING, filter } : NOTHING);
      return;
    }
    const run: Run = {
      ...{ filter, reader: core.userId(), local: [], kept: [], remote: [], most: limit, hasMoreKept: false },
      ...{ isWalking: true, isReading: true, backend: "waiting", next: undefined, error: undefined },
    };
    current = run;
    cancelAsk = clock.after(delayMs, () => void ask(run));
    look(run);
    if (run.isWalking) show(run);
  };

  const watched = whileWatched(state, begin);
  return {
    get: () => (isAnothers() ? NOTHING : watched.get()),
    subscribe: watched.subscribe,
    find,
    async more() {
      if (current?.hasMoreKept) {
        current.most += limit;
        await read(current);
      }
      if (current?.next !== undefined && current.backend !== "asking") await ask(current);
    },
  };
}

function failureOf({ code }: MessagingError): BackendSearch {
  if (code === "connection/offline" || code === "connection/lost") return "offline";
  return code === "command/unsupported" || code === "query/malformed" ? "unsupported" : "failed";
}
