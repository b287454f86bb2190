import type { Random } from "@tidings/core";
import { isNotebook } from "@tidings/core/protocol";
import type { Outcome, Store, Submission, Upkeep } from "@tidings/server/store";
import type { Life } from "./life.ts";

/** What goes wrong with the server's store. Counted down. */
export interface StoreFaults {
  /** Commits that write nothing, and say so. */
  refusedCommits: number;
  /** Commits that happen, and whose driver then says that they failed. */
  forgottenCommits: number;
  /**
   * Each command but those of notebooks, which make clients see that it is not away, is refused until they give up, and then
   * stored, and nobody gets to know.
   */
  isSick: boolean;
  /** A call of the store takes up to this long, before and after it does its work, ms. */
  storeDelayMs: number;
}

/** A fault we made; whoever meets it reports it as a failure. */
export class SimulatedFault extends Error {}

/** A client takes one more refusal than this, each after something else was taken, for the end of it; its first is free. */
const PATIENCE = 8;

export interface StoreDoorOptions {
  readonly faults: StoreFaults;
  readonly random: Random;
  /** The store there is, before or after a backup was restored. */
  readonly disk: () => Store;
  /** A fault that is counted down: does it happen now? */
  readonly count: (name: "refusedCommits" | "forgottenCommits") => boolean;
  readonly note: (items: readonly Submission[], outcomes: readonly Outcome[]) => void;
}

/** How processes of the server reach its store. */
export interface StoreDoor {
  connect(life: Life): Store;
  /** Takes a call there, and its answer back, as far as the process lives. */
  reach<T>(life: Life, work: () => Promise<T>): Promise<T>;
}

export function createStoreDoor({ faults, random, disk, count, note }: StoreDoorOptions): StoreDoor {
  const refusals = new Map<string, number>();

  const pause = async (of: Life): Promise<void> => {
    if (faults.storeDelayMs === 0) return;
    await new Promise<void>((done) => of.after(random.next() * faults.storeDelayMs, done));
  };

  const reach = async <T>(of: Life, work: () => Promise<T>): Promise<T> => {
    await pause(of);
    of.step();
    if (of.isOver) return new Promise<T>(() => {});
    const result = await work();
    of.step();
    await pause(of);
    return of.mortal(Promise.resolve(result));
  };

  const isSickOf = (items: readonly Submission[]): boolean =>
    faults.isSick && items.some(({ command }) => !isNotebook(command.conversationId));

  const isTooEarly = (items: readonly Submission[]): boolean => {
    if (!isSickOf(items)) return false;
    const timesOf = ({ command: { commandId } }: Submission): number => refusals.get(commandId) ?? 0;
    for (const item of items) refusals.set(item.command.commandId, timesOf(item) + 1);
    return items.some((item) => timesOf(item) <= PATIENCE);
  };

  return {
    reach,
    connect: (of) => ({
      epoch: disk().epoch,
      commit: (items, admit) =>
        reach(of, async () => {
          if (count("refusedCommits") || isTooEarly(items)) throw new SimulatedFault("the commit failed");
          const outcomes = await disk().commit(items, admit);
          note(items, outcomes);
          if (count("forgottenCommits") || isSickOf(items))
            throw new SimulatedFault("the answer to the commit was lost");
          return outcomes;
        }),
      query: (readerId, query) => reach(of, () => disk().query(readerId, query)),
      blocks: (userId) => reach(of, async () => (await disk().blocks?.(userId)) ?? { own: [], by: [] }),
      peopleOf: (conversationId) => reach(of, async () => disk().peopleOf?.(conversationId)),
      memberships: (userId) => reach(of, () => disk().memberships(userId)),
      upkeep: upkeepOf(disk, (work) => reach(of, work)),
      plans: {
        due: (until, past) => reach(of, async () => (await disk().plans?.due(until, past)) ?? []),
        next: (after) => reach(of, async () => disk().plans?.next(after)),
      },
      wasIn: (conversationId, userId) => reach(of, () => disk().wasIn(conversationId, userId)),
      forgetAnswers: (before) => reach(of, () => disk().forgetAnswers(before)),
      close: () => Promise.resolve(),
    }),
  };
}

function upkeepOf(disk: () => Store, reach: <T>(work: () => Promise<T>) => Promise<T>): Upkeep {
  const work = <T>(does: (upkeep: Upkeep) => Promise<T>): Promise<T> =>
    reach(() => {
      const { upkeep } = disk();
      if (!upkeep) throw new Error("unable to keep house; the store does not");
      return does(upkeep);
    });
  return {
    prune: (retention, after) => work((upkeep) => upkeep.prune(retention, after)),
    traces: (userId) => work((upkeep) => upkeep.traces(userId)),
    forget: (userId, at) => work((upkeep) => upkeep.forget(userId, at)),
    forgetConversation: (conversationId) => work((upkeep) => upkeep.forgetConversation(conversationId)),
    kept: (userId, after) => work((upkeep) => upkeep.kept(userId, after)),
  };
}
