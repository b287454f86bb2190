import { type Durability, MessagingError, type Storage, type StorageOperation } from "@tidings/core";
import type { Life } from "./life.ts";

/** What a storage does wrong. */
export interface DiskFaults {
  /** Nothing more fits. Deleting still works. */
  isFull: boolean;
  /** It will be full when the next bytes of a file come. */
  isFullForBytes: boolean;
  /** So many writes fail from now on. */
  failures: number;
  /** A write takes this long, ms. */
  delayMs: number;
}

/** What outlives the processes of a device. */
export interface Disk {
  readonly durability: Durability;
  readonly faults: DiskFaults;
  /** A connection of one process; it can do nothing once that has died. */
  connect(life: Life): Storage;
  /** The keys of what is there, below `first`. */
  keys(first: string): readonly (readonly string[])[];
  /** The power fails: what was promised as strict stays, of the rest the newest writes go. How many. */
  losePower(mostLost: number): number;
  /** Did that ever take something? */
  readonly hasLostWrites: boolean;
  /** Writes it did not take. */
  readonly refusals: number;
}

interface Row {
  readonly key: readonly string[];
  readonly value: unknown;
}

/** Sorts as the parts do one by one: nothing comes before it. */
const SEPARATOR = "\0";
/** A relaxed storage has written out what is older than so many writes. */
const UNSYNCED = 4;

export function createDisk(durability: Durability): Disk {
  const rows = new Map<string, Row>();
  /** What the newest writes have overwritten, to be put back if the power fails. */
  const undo: (readonly (readonly [string, Row | undefined])[])[] = [];
  const faults: DiskFaults = { isFull: false, isFullForBytes: false, failures: 0, delayMs: 0 };
  let hasLostWrites = false;
  let refusals = 0;

  const put = (name: string, row: Row | undefined): void => {
    if (row) rows.set(name, row);
    else rows.delete(name);
  };

  const apply = (operations: readonly StorageOperation[]): void => {
    const before: (readonly [string, Row | undefined])[] = [];
    for (const operation of operations) {
      const name = nameOf(operation.key);
      before.push([name, rows.get(name)]);
      put(name, operation.type === "put" ? operation : undefined);
    }
    undo.push(before);
    if (undo.length > UNSYNCED) undo.shift();
  };

  const refuse = (operations: readonly StorageOperation[]): void => {
    if (faults.failures > 0) {
      faults.failures -= 1;
      throw new MessagingError("storage/failed", { message: "unable to write; simulated" });
    }
    if (faults.isFullForBytes && operations.some(isOfFile)) faults.isFull = true;
    if (faults.isFull && operations.some(({ type }) => type === "put"))
      throw new MessagingError("storage/full", { message: "unable to write; simulated" });
  };

  const write = async (life: Life, operations: readonly StorageOperation[]): Promise<void> => {
    const copies = structuredClone(operations);
    life.step();
    if (faults.delayMs > 0) await new Promise<void>((done) => life.after(faults.delayMs, done));
    if (life.isOver) return;
    try {
      refuse(copies);
    } catch (error) {
      refusals += 1;
      throw error;
    }
    apply(copies);
    life.step();
  };

  const select = (prefix: readonly string[]): Row[] => {
    const isWithin = ({ key }: Row): boolean => prefix.every((part, index) => part === key[index]);
    const names = [...rows.keys()].sort((one, other) => (one < other ? -1 : 1));
    return names.flatMap((name) => rows.get(name) ?? []).filter(isWithin);
  };

  return {
    durability,
    faults,
    connect: (life) => ({
      supports: { durability },
      open: () => life.mortal(Promise.resolve()),
      close: () => Promise.resolve(),
      get: (key) => life.mortal(Promise.resolve(structuredClone(rows.get(nameOf(key))?.value))),
      async scan({ prefix, after, limit = Infinity, reverse = false }) {
        const found = select(prefix);
        if (reverse) found.reverse();
        const name = after && nameOf(after);
        const isBeyond = ({ key }: Row): boolean =>
          name === undefined || (reverse ? nameOf(key) < name : nameOf(key) > name);
        const rowsFound = found.filter(isBeyond).slice(0, limit);
        return life.mortal(
          Promise.resolve(rowsFound.map(({ key, value }) => [[...key], structuredClone(value)] as const)),
        );
      },
      write: (operations) => life.mortal(write(life, operations)),
    }),
    keys: (first) => [...rows.values()].flatMap(({ key }) => (key[0] === first ? [key] : [])),
    losePower(mostLost) {
      if (durability === "strict") return 0;
      const lost = undo.splice(Math.max(0, undo.length - mostLost));
      for (const before of lost.reverse()) for (const [name, row] of before.toReversed()) put(name, row);
      if (lost.length > 0) hasLostWrites = true;
      return lost.length;
    },
    get hasLostWrites() {
      return hasLostWrites;
    },
    get refusals() {
      return refusals;
    },
  };
}

function isOfFile({ type, key }: StorageOperation): boolean {
  return type === "put" && key[0] === "upload-bytes";
}

function nameOf(key: readonly string[]): string {
  return key.join(SEPARATOR);
}
