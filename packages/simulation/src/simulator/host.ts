import type { Random } from "@tidings/core";
import type { ModerationCase, NoteRecord, Policy } from "@tidings/core/protocol";
import { type Bus, type BusEvent, Engine, type Files, inProcessBus, Jobs } from "@tidings/server/testing";
import {
  type FileRecord,
  type FileTable,
  openLibsqlStore,
  type Outcome,
  type Store,
  type Submission,
} from "@tidings/server/store";
import { clockOf } from "./engine-clock.ts";
import { type DeskFaults, type DeskOptions, openDesk, soundDesk } from "./files/desk.ts";
import { type FileEffect, openFileTable } from "./files/file-table.ts";
import { admit } from "./gateway.ts";
import { createStoreDoor, SimulatedFault, type StoreFaults } from "./host-store.ts";
import { casesOf, openHouse } from "./house.ts";
import { createLife, type Life } from "./life.ts";
import type { Time } from "./time.ts";
import { authenticate } from "./tokens.ts";
import type { Accept, Incoming } from "./wire.ts";

/** What goes wrong with the server's store and bus, and with its files. Counted down. */
export interface HostFaults extends StoreFaults, DeskFaults {
  /** What is committed and not carried by the bus. */
  lostEvents: number;
}

/** Something that took effect on the server's disk. */
type Deed = Submission | FileEffect;

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
  /** What the server has written down of a file. `undefined`: nothing any more. */
  filed(fileId: string, state: FileRecord["state"] | undefined): void;
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
  /** What moderators have before them, and had. */
  cases(): Promise<readonly ModerationCase[]>;
  /** Deletes what is not kept, as once an hour. */
  tidy(): void;
  /** Deletes the files that nobody needs. */
  sweep(): Promise<void>;
  heal(): void;
  close(): Promise<void>;
}

export interface HostOptions {
  readonly time: Time;
  readonly random: Random;
  readonly policy: Policy;
  readonly newId: () => string;
  readonly observer: Observer;
  /** Absent: this server keeps no files. */
  readonly files?: Pick<DeskOptions, "depot" | "isScanned"> | undefined;
}

const healthy: HostFaults = {
  ...{ refusedCommits: 0, forgottenCommits: 0, isSick: false, lostEvents: 0, storeDelayMs: 0 },
  ...soundDesk(),
};

const BOUNDS = {
  frames: { perSecond: 200, burst: 1_000 },
  backlogBytes: 1_000_000,
  linksPerUser: 20,
  helloTimeoutMs: 10_000,
  tokenGraceMs: 10_000,
};

export function createHost({ time, random, policy, newId, observer, files }: HostOptions): Host {
  const faults: HostFaults = { ...healthy };
  let disk = openLibsqlStore();
  /** What took effect, in order: a backup is a beginning of it. */
  let history: Deed[] = [];
  let founding = 0;
  let life: Life | undefined;
  let engine: Engine | undefined;
  let errands: Jobs | undefined;
  let tidyUp: (() => void) | undefined;
  let desk: Files | undefined;
  const links = new Set<Incoming>();

  const observeTable = {
    did: (effect: FileEffect) => void history.push(effect),
    filed: observer.filed,
  };
  const door = createStoreDoor({
    ...{ faults, random, disk: () => disk },
    count: (name) => count(name),
    note: (items, outcomes) => note(items, outcomes),
  });

  const openFiles = (of: Life): Files | undefined => {
    if (!files) return undefined;
    const reach = <T>(work: () => Promise<T>): Promise<T> => door.reach(of, work);
    return openDesk(of, {
      ...{ ...files, time, random, faults, limits: policy.limits, onMishap: observer.happened },
      table: openFileTable(() => tableOf(disk), reach, observeTable),
      onFailure: (error) => observer.failed("files", error),
    });
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

  /** What a backup has, in its order; commits behind each other at once. */
  const redo = async (kept: readonly Deed[]): Promise<void> => {
    for (let at = 0; at < kept.length;) {
      const deed = kept[at];
      if (typeof deed === "function") {
        history.push(deed);
        await deed(tableOf(disk));
        at += 1;
        continue;
      }
      const end = kept.findIndex((each, index) => index > at && !isCommit(each));
      const commits = kept.slice(at, end === -1 ? undefined : end).filter(isCommit);
      await write(commits);
      at += commits.length;
    }
  };

  const count = (name: "refusedCommits" | "forgottenCommits" | "lostEvents"): boolean => {
    if (faults[name] === 0) return false;
    faults[name] -= 1;
    observer.happened(name);
    return true;
  };

  const gone = (isSilent: boolean): void => {
    for (const link of links) link.cut(isSilent);
    links.clear();
    engine = tidyUp = undefined;
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
      const [store, clock] = [door.connect(started), clockOf(started, time)];
      desk = openFiles(started);
      const jobs = new Jobs({
        ...{ plans: store.plans, clock },
        carryOut: (due) => opened.carryOut(due),
        onFailure: () => {}, // whatever the reason: what is due stays due, and the oracle looks
      });
      const opened = new Engine({
        ...{ store, bus: connectBus(), clock, files: desk },
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
      tidyUp = openHouse({ store, clock, newId, engine: opened, onFailure: observer.failed });
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
      desk?.close();
      await Promise.race([
        errands?.stop().then(() => stopping?.drain(1_000)),
        new Promise<void>((done) => void time.after(5_000, done)), // a store that hangs
      ]);
      time.after(100, () => ending?.end());
    },
    async restore(lost) {
      life?.end();
      const kept = keptOf(history, founding, lost);
      await disk.close();
      disk = openLibsqlStore();
      history = [];
      observer.erased();
      await redo(kept);
    },
    accept(userId) {
      if (!engine || !life || life.isOver) return undefined;
      return (incoming) => admit(engine, life, userId, incoming, links, observer);
    },
    cases: () => casesOf(disk),
    tidy: () => tidyUp?.(),
    async sweep() {
      await desk?.sweep().catch((error: unknown) => {
        if (!(error instanceof SimulatedFault)) observer.failed("the clean-up of files", error);
      });
    },
    heal() {
      Object.assign(faults, healthy);
      files?.depot.heal();
    },
    async close() {
      life?.end();
      await disk.close();
    },
  };
  return host;
}

function tableOf({ files }: Store): FileTable {
  if (!files) throw new Error("unable to keep files; the store has no table for them");
  return files;
}

/** What a backup has: all but the newest `lost` commits, and what was done to files since. */
function keptOf(history: readonly Deed[], founding: number, lost: number): readonly Deed[] {
  let cut = history.length;
  for (let left = lost; left > 0 && cut > founding;) if (isCommit(history[(cut -= 1)])) left -= 1;
  return history.slice(0, cut);
}

function isCommit(deed: Deed | undefined): deed is Submission {
  return typeof deed === "object";
}
