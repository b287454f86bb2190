/** `@tidings/core/fallback`: goes on in memory where the device's storage fails. */
import { type Cancel, type Clock, systemClock } from "../base/clock.ts";
import { MessagingError, toMessagingError } from "../errors/messaging-error.ts";
import { within } from "../errors/within.ts";
import { consoleLogger, type Logger } from "../ports/logger.ts";
import type { Storage } from "../ports/storage.ts";
import { createHeld, type Entries } from "./held.ts";

/** Whom to tell, and how patient to be. */
export interface FallbackOptions {
  /** Told when it begins to go on in memory, with why, and when everything is stored again. */
  readonly onChange?: (isInMemory: boolean, error?: MessagingError) => void;
  /** Default: the console, for warnings. */
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** How long `open` may take: some browsers never answer. Default 5 s. */
  readonly openTimeoutMs?: number;
  /** Wait between attempts to store what is held in memory. Default 10 s. */
  readonly retryMs?: number;
}

const OPEN_TIMEOUT_MS = 5_000;
const RETRY_MS = 10_000;

/**
 * A storage that fails (`storage/failed`: a private window, a damaged database, an `open` that never answers) no longer
 * keeps people from sending: what cannot be written is held in memory, read from there, and stored in its order as soon as
 * that works again, at `close` at the latest. As long as something is held, `supports.durability` says `"memory"`, which is
 * what D1 then promises; the log is warned, `onChange` told.
 *
 * What the app has to see to itself is passed on: no room (`storage/full`), a newer version's data, a wrong key, a value
 * that cannot be stored. More than 10,000 entries are not held: then it is `storage/full`, too. What an earlier life left on
 * a storage that cannot be read stays there, and goes out with the next start that can read it.
 *
 * @example
 * ```ts
 * import { createClient, memoryStorage } from "@tidings/core";
 * import { fallbackStorage } from "@tidings/core/fallback";
 * import { memoryTransport } from "@tidings/core/memory";
 *
 * // In an app the storage is one of the device, such as `indexedDbStorage(…)`.
 * const storage = fallbackStorage(memoryStorage(), {
 *   onChange: (isInMemory) => console.log(isInMemory ? "messages are not kept" : "messages are kept"),
 * });
 * const client = createClient({ transport: memoryTransport(), storage });
 * ```
 */
export function fallbackStorage(storage: Storage, options: FallbackOptions = {}): Storage {
  const { clock = systemClock, logger = consoleLogger(), onChange = () => {} } = options;
  const { openTimeoutMs = OPEN_TIMEOUT_MS, retryMs = RETRY_MS } = options;
  const held = createHeld();
  /** Asked to be open; and whether what is below is. */
  let isWanted = false;
  let isOpen = false;
  let isInMemory = false;
  let timer: Cancel | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** One thing at a time: what is written before stays before. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
  const afterWrites = <T>(work: () => Promise<T>): Promise<T> => last.then(work);

  const fall = (cause: unknown): void => {
    const error = toMessagingError(cause, "storage/failed");
    if (error.code !== "storage/failed" || !error.retryable) throw cause;
    timer ??= clock.after(retryMs, () => {
      timer = undefined;
      inTurn(restore).catch(() => {});
    });
    if (isInMemory) return;
    isInMemory = true;
    logger("warn", "storage.in-memory", { code: error.code, message: error.message, help: error.help });
    onChange(true, error);
  };

  const openInner = async (): Promise<void> => {
    if (!isOpen) await within(clock, openTimeoutMs, "storage/failed", storage.open());
    isOpen = true;
  };

  /** Stores what is held. Of whatever kind the failure, it stays in memory until it is stored. */
  const restore = async (): Promise<void> => {
    try {
      await openInner();
      await held.storeIn(storage);
    } catch (error) {
      const { message } = toMessagingError(error);
      return fall(new MessagingError("storage/failed", { message, cause: error }));
    }
    if (!isInMemory) return;
    isInMemory = false;
    logger("info", "storage.restored");
    onChange(false);
  };

  const read = async <T>(ask: () => Promise<T>, otherwise: T): Promise<T> => {
    if (isWanted && !isOpen) return otherwise;
    try {
      return await ask();
    } catch (error) {
      if (!isWanted) throw error;
      fall(error);
      return otherwise;
    }
  };

  return {
    supports: {
      get durability() {
        return isInMemory ? "memory" : storage.supports.durability;
      },
      get bytes() {
        return isInMemory || storage.supports.bytes !== false;
      },
      get paging() {
        return storage.supports.paging !== false;
      },
    },
    open: () =>
      inTurn(async () => {
        await openInner().catch(fall);
        isWanted = true;
      }),
    get: (key) => afterWrites(() => held.get(key, () => read(() => storage.get(key), undefined))),
    scan: (range) =>
      afterWrites(() => held.scan(range, (wanted) => read<Entries>(() => storage.scan(wanted), []))),
    write: (operations) =>
      inTurn(async () => {
        if (isInMemory) return held.take(operations);
        try {
          await storage.write(operations);
        } catch (error) {
          if (!isWanted) throw error;
          fall(error);
          held.take(operations);
        }
      }),
    close: () =>
      inTurn(async () => {
        if (isInMemory) await restore();
        timer?.();
        timer = undefined;
        const left = held.size;
        if (isOpen) await storage.close();
        isOpen = isWanted = false;
        if (left === 0) return;
        throw new MessagingError("storage/failed", {
          message: `unable to store ${left} entries; they are lost`,
        });
      }),
  };
}
