import type { Storage, StorageOperation } from "../ports/storage.ts";
import { toMessagingError } from "../errors/messaging-error.ts";

/** What goes to storage as one: all or none. */
export interface WriteGroup {
  readonly operations: readonly StorageOperation[];
  /** It is durable, or why it is not. */
  readonly settle: (error?: unknown) => void;
}

/**
 * The one way to write. One write is under way at a time, and what is given meanwhile goes together in the next: a burst
 * costs two writes, and what belongs together moves together (an ack erases its command, adds its records and moves the
 * cursor in one write). Whatever fails together is tried group by group, in order, so that the earlier ones stay.
 */
export interface Writer {
  /** Opens storage; whoever asks after a failure tries again. */
  open(): Promise<void>;
  /** Resolves when durable. @throws {MessagingError} `storage/full`, `storage/failed` */
  write(operations: readonly StorageOperation[]): Promise<void>;
  /** Asks for a write soon, though nobody waits for it: `rider` is asked what there is. */
  wake(): void;
  /** Resolves when nothing is left to write. */
  idle(): Promise<void>;
}

export interface WriterOptions {
  readonly storage: Storage;
  /** What else is to go, asked right before each write; `isErasing`: with what took the place of what is erased. */
  readonly rider: (isErasing: boolean) => WriteGroup | undefined;
  /** Storage is full: what may be deleted for what waits, if anything. */
  readonly room: () => Promise<readonly StorageOperation[]>;
}

export function createWriter({ storage, rider, room }: WriterOptions): Writer {
  let opened: Promise<void> | undefined;
  let running: Promise<void> | undefined;
  let waiting: WriteGroup[] = [];

  const open = (): Promise<void> =>
    (opened ??= storage.open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    }));

  const commit = async (groups: readonly WriteGroup[]): Promise<void> => {
    try {
      await storage.write(groups.flatMap(({ operations }) => operations));
      for (const { settle } of groups) settle();
    } catch (error) {
      const [first] = groups;
      if (groups.length > 1) for (const group of groups) await commit([group]);
      else if (!(await makeRoom(error))) first?.settle(error);
      else await commit(groups);
    }
  };

  /** A little, to be asked for again until it is enough. A disk may be too full even to delete from. */
  const makeRoom = async (error: unknown): Promise<boolean> => {
    if (toMessagingError(error).code !== "storage/full") return false;
    try {
      const freed = await room();
      if (freed.length > 0) await storage.write(freed);
      return freed.length > 0;
    } catch {
      return false;
    }
  };

  const run = async (): Promise<void> => {
    let refusal: unknown;
    await open().catch((error: unknown) => (refusal = error ?? "it does not open"));
    for (;;) {
      const extra = rider(waiting.some(isErasing)); // after `open`, so that whatever this very tick changes is in
      const groups = extra ? [...waiting, extra] : waiting;
      waiting = [];
      if (groups.length === 0) return;
      if (refusal === undefined) await commit(groups);
      else for (const { settle } of groups) settle(refusal);
      if (refusal !== undefined && waiting.length === 0) return;
    }
  };

  const wake = (): void => {
    running ??= run().finally(() => {
      running = undefined;
      if (waiting.length > 0) wake();
    });
  };

  return {
    open,
    wake,
    write: (operations) =>
      new Promise((resolve, reject) => {
        waiting.push({ operations, settle: (error) => (error === undefined ? resolve() : reject(error)) });
        wake();
      }),
    async idle() {
      wake();
      while (running) await running;
    },
  };
}

function isErasing({ operations }: WriteGroup): boolean {
  return operations[0]?.type === "delete";
}
