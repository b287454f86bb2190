import type { Random } from "@tidings/core";
import type { NoteRecord, Policy } from "@tidings/core/protocol";
import {
  type Bus,
  type BusEvent,
  Engine,
  type EngineClock,
  inProcessBus,
  Jobs,
} from "@tidings/server/testing";
import { openLibsqlStore, type Outcome, type Store, type Submission } from "@tidings/server/store";
import { admit } from "./gateway.ts";
import { createLife, type Life } from "./life.ts";
import type { Time } from "./time.ts";
import type { Accept, Incoming } from "./wire.ts";

/** What goes wrong with the server's store and bus. Counted down. */
export interface HostFaults {
  /** Commits that write nothing, and say so. */
  refusedCommits: number;
  /** Commits that happen, and whose driver then says that they failed. */
  forgottenCommits: number;
  /** Each command is refused until clients give up, and then stored, and nobody gets to know. */
  isSick: boolean;
  /** What is committed and not carried by the bus. */
  lostEvents: number;
  /** A call of the store takes up to this long, before and after it does its work, ms. */
  storeDelayMs: number;
}

/** What the world is to hear of the server's doings. */
export interface Observer {
  /** A commit that is durable now, also if nobody gets to know. */
  committed(items: readonly Submission[], outcomes: readonly Outcome[]): void;
  /** All that was committed is gone; what follows was restored. */
  erased(): void;
  /** Bytes for a client, as the engine wrote them. */
  wrote(userId: string, text: string): void;
  /** What a client asked. */
  asked(userId: string, text: string): void;
  /** Somebody is told that the time they wanted to be reminded at has come. */
  reminded(userId: string, note: NoteRecord): void;
  /** The engine reported a failure that no fault of ours explains. */
  failed(what: string, error: unknown): void;
  happened(fault: string): void;
}

/** The machine the server runs on: its process may die and start again, its store stays. */
export interface Host {
  readonly isUp: boolean;
  readonly faults: HostFaults;
  /** Writes what is there before anybody comes, and in every backup. */
  found(items: readonly Submission[]): Promise<void>;
  start(): Promise<void>;
  /** @param isSilent - the machine went, not the process: nobody tells the clients. */
  crash(isSilent: boolean): void;
  /** The process dies so many steps to store or network from now. */
  doom(steps: number): void;
  /** Stops as it should. */
  drain(): Promise<void>;
  /** Puts back a backup that lacks the newest commits: another epoch begins. */
  restore(lost: number): Promise<void>;
  accept(userId: string): Accept | undefined;
  heal(): void;
  close(): Promise<void>;
}

export interface HostOptions {
  readonly time: Time;
  readonly random: Random;
  readonly policy: Policy;
  readonly newId: () => string;
  readonly observer: Observer;
}

const healthy: HostFaults = {
  ...{ refusedCommits: 0, forgottenCommits: 0, isSick: false, lostEvents: 0, storeDelayMs: 0 },
};

/** A client takes one more refusal than this for the end of it. */
const PATIENCE = 7;

/** Faults we made; the engine reports them as failures. */
class SimulatedFault extends Error {}

const BOUNDS = {
  frames: { perSecond: 200, burst: 1_000 },
  backlogBytes: 1_000_000,
  linksPerUser: 20,
  helloTimeoutMs: 10_000,
  tokenGraceMs: 10_000,
};

export function createHost({ time, random, policy, newId, observer }: HostOptions): Host {
  const faults: HostFaults = { ...healthy };
  let disk = openLibsqlStore();
  /** What took effect, in order: a backup is a beginning of it. */
  let history: Submission[] = [];
  let founding = 0;
  let life: Life | undefined;
  let engine: Engine | undefined;
  let errands: Jobs | undefined;
  const links = new Set<Incoming>();
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

  const connectStore = (of: Life): Store => ({
    epoch: disk.epoch,
    commit: (items, admit) =>
      reach(of, async () => {
        if (count("refusedCommits") || isTooEarly(items)) throw new SimulatedFault("the commit failed");
        const outcomes = await disk.commit(items, admit);
        note(items, outcomes);
        if (count("forgottenCommits") || faults.isSick)
          throw new SimulatedFault("the answer to the commit was lost");
        return outcomes;
      }),
    query: (readerId, query) => reach(of, () => disk.query(readerId, query)),
    memberships: (userId) => reach(of, () => disk.memberships(userId)),
    plans: {
      due: (until, past) => reach(of, async () => (await disk.plans?.due(until, past)) ?? []),
      next: (after) => reach(of, async () => disk.plans?.next(after)),
    },
    wasIn: (conversationId, userId) => reach(of, () => disk.wasIn(conversationId, userId)),
    forgetAnswers: (before) => reach(of, () => disk.forgetAnswers(before)),
    close: () => Promise.resolve(),
  });

  const isTooEarly = (items: readonly Submission[]): boolean => {
    if (!faults.isSick) return false;
    const timesOf = ({ command: { commandId } }: Submission): number => refusals.get(commandId) ?? 0;
    for (const item of items) refusals.set(item.command.commandId, timesOf(item) + 1);
    return items.some((item) => timesOf(item) <= PATIENCE);
  };

  const connectBus = (): Bus => {
    const bus = inProcessBus();
    const isCarried = ({ type }: BusEvent): boolean => type !== "committed" || !count("lostEvents");
    return { ...bus, publish: (events) => bus.publish(events.filter(isCarried)) };
  };

  const note = (items: readonly Submission[], outcomes: readonly Outcome[]): void => {
    const isNew = (_item: Submission, index: number): boolean => {
      const outcome = outcomes[index];
      return outcome?.ok === true && !outcome.isKnown;
    };
    history.push(...items.filter(isNew));
    observer.committed(items, outcomes);
  };

  /** At the very beginning, or from a backup: no process is there yet. */
  const write = async (items: readonly Submission[]): Promise<void> =>
    note(items, await disk.commit(items, () => undefined));

  const count = (name: Exclude<keyof HostFaults, "storeDelayMs" | "isSick">): boolean => {
    if (faults[name] === 0) return false;
    faults[name] -= 1;
    observer.happened(name);
    return true;
  };

  const gone = (isSilent: boolean): void => {
    for (const link of links) link.cut(isSilent);
    links.clear();
    engine = undefined;
  };

  let isSilentEnd = false;
  const host: Host = {
    faults,
    get isUp() {
      return life !== undefined && !life.isOver;
    },
    async found(items) {
      await write(items);
      founding = history.length;
    },
    async start() {
      if (host.isUp) return;
      isSilentEnd = false;
      const started = createLife(
        time,
        () => gone(isSilentEnd),
        () => observer.failed("an endless loop", undefined),
      );
      life = started;
      const [store, clock] = [connectStore(started), clockOf(started, time)];
      const jobs = new Jobs({
        ...{ plans: store.plans, clock },
        carryOut: (due) => opened.carryOut(due),
        onFailure: () => {}, // whatever the reason: what is due stays due, and the oracle looks
      });
      const opened = new Engine({
        ...{ store, bus: connectBus(), clock },
        policy,
        authenticate: (token) => authenticate(token, time.now()),
        lobbies: [],
        bounds: BOUNDS,
        newId,
        random: () => random.next(),
        onChanges: (changes) => jobs.heard(changes),
        onReminder: observer.reminded,
        onFailure(what, error) {
          if (!(error instanceof SimulatedFault)) observer.failed(what, error);
        },
      });
      [engine, errands] = [opened, jobs];
      await opened.open();
      await jobs.start();
    },
    crash(isSilent) {
      isSilentEnd = isSilent;
      life?.end();
    },
    doom: (steps) => life?.doom(steps),
    async drain() {
      const [stopping, ending] = [engine, life];
      await Promise.race([
        errands?.stop().then(() => stopping?.drain(1_000)),
        new Promise<void>((done) => void time.after(5_000, done)), // a store that hangs
      ]);
      time.after(100, () => ending?.end());
    },
    async restore(lost) {
      life?.end();
      const kept = history.slice(0, Math.max(founding, history.length - lost));
      await disk.close();
      disk = openLibsqlStore();
      history = [];
      observer.erased();
      await write(kept);
    },
    accept(userId) {
      if (!engine || !life || life.isOver) return undefined;
      return (incoming) => admit(engine, life, userId, incoming, links, observer);
    },
    heal() {
      Object.assign(faults, healthy);
    },
    async close() {
      life?.end();
      await disk.close();
    },
  };
  return host;
}

function clockOf(life: Life, time: Time): EngineClock {
  return {
    now: () => time.now(),
    soon: (task) => void life.after(0, task),
    every(periodMs, task) {
      const again = (): void => {
        cancel = life.after(periodMs, again);
        task();
      };
      let cancel = life.after(periodMs, again);
      return () => cancel();
    },
  };
}

type Identity = Awaited<ReturnType<ConstructorParameters<typeof Engine>[0]["authenticate"]>>;

/** Tokens read `ada` or `ada 1790000000000`: whom they speak for, and until when. */
async function authenticate(token: string, now: number): Promise<Identity> {
  const [userId = "", until] = token.split(" ");
  if (userId === "nobody")
    return { ok: false, code: "auth/invalid", message: "unable to accept the link; nobody's token" };
  if (until === undefined) return { userId };
  const expiresAt = Number(until);
  if (expiresAt > now) return { userId, expiresAt };
  return { ok: false, code: "auth/expired", message: "unable to accept the link; the token has expired" };
}
