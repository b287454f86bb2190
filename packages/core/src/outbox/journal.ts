import type { Logger } from "../ports/logger.ts";
import type { Storage, StorageKey, StorageOperation } from "../ports/storage.ts";
import type { Command } from "../protocol/commands.ts";
import type { Writer } from "./writer.ts";

/**
 * What the outbox has on storage: a command is written before its first byte leaves and erased when it is settled
 * (D1). Keys are `["outbox", user, command id]`: who signs in on the same device never sends what another wrote. Ids need
 * not ascend, as some are given and clocks are set back; so each entry has its place among those given.
 */
export interface Journal {
  /**
   * Resolves when durable.
   *
   * @param before - what has to be done first: it stays the command of who was signed in when it was given
   */
  record(entry: Recorded, before?: Promise<void>): Promise<void>;
  /** Best effort: an entry that survives is submitted again and answered as the duplicate it is (D2). */
  erase(commandId: string): void;
  /**
   * What is on storage, in the order given: what an earlier life left, and what this one has recorded since.
   *
   * @param others - clients that live, on the same storage: what they have recorded is theirs. The rest is this one's
   *   from now on.
   */
  recover(others?: ReadonlySet<string>): Promise<readonly Recorded[]>;
  /** The ids of those on storage that are this client's. */
  own(): Promise<ReadonlySet<string>>;
  /** The user is known by now: what was recorded for nobody is theirs. */
  adopt(entries: Iterable<Recorded>): void;
}

/** The backend's last word on a command it does not take. */
export interface Refused {
  /** Perhaps of another version. */
  readonly code: string;
  readonly message: string;
}

/** A command, and what a later life has to know of it. */
export interface Recorded {
  readonly command: Command;
  /** Not to be submitted any more from then on, client's clock in ms. */
  readonly expiresAtMs?: number | undefined;
  /** Refused for good: not to be submitted again, as a backend that was restored may have forgotten it. */
  readonly refused?: Refused | undefined;
  /** Ascends as commands are given. Default: when it was given, by the client's clock. */
  readonly place?: number | undefined;
}

/** As it is on storage: with the client that sees to it, where several share the storage. */
interface Written extends Recorded {
  readonly clientId?: string | undefined;
}

export interface JournalOptions {
  readonly storage: Storage;
  readonly writer: Writer;
  /** Whose commands these are; empty while nobody has said. */
  readonly userId: () => string;
  /** Who records, where others record on the same storage. */
  readonly clientId?: string | undefined;
  readonly logger: Logger;
}

const PREFIX = "outbox";

/** Where a command is on storage until it is settled. */
export function entryKey(user: string, commandId: string): StorageKey {
  return [PREFIX, user, commandId];
}

const placeOf = ({ place, command }: Recorded): number => place ?? command.at;

export function createJournal({ storage, writer, userId, clientId, logger }: JournalOptions): Journal {
  const keyOf = (commandId: string, user = userId()): StorageKey => entryKey(user, commandId);
  const put = ({ command, expiresAtMs, refused, place }: Recorded, user = userId()): StorageOperation => {
    const value = {
      command,
      place,
      ...(expiresAtMs !== undefined && { expiresAtMs }),
      ...(refused && { refused }),
      ...(clientId !== undefined && { clientId }),
    };
    return { type: "put", key: keyOf(command.commandId, user), value };
  };
  const read = async (): Promise<Written[]> => {
    const found: Written[] = [];
    for (const [key, value] of await storage.scan({ prefix: [PREFIX, userId()] })) {
      if (isWritten(value)) found.push(value);
      else logger("error", "outbox.unreadable", { key: key.join("/") });
    }
    return found;
  };
  const failed = (): void => logger("warn", "outbox.write-failed");
  return {
    async record(entry, before) {
      const given = userId();
      if (before) await before;
      await writer.write([put(entry, given === "" ? userId() : given)]);
    },
    erase: (commandId) => void writer.write([{ type: "delete", key: keyOf(commandId) }]).catch(failed),
    own: async () =>
      new Set((await read()).flatMap((each) => (each.clientId === clientId ? each.command.commandId : []))),
    async recover(others = new Set()) {
      await writer.open();
      const found = (await read())
        .filter((written) => !others.has(written.clientId ?? ""))
        .sort((one, other) => placeOf(one) - placeOf(other));
      const orphans = found.filter((written) => written.clientId !== clientId);
      if (orphans.length > 0) writer.write(orphans.map((each) => put(each))).catch(failed);
      return found;
    },
    adopt(entries) {
      const moved = [...entries].flatMap((entry): StorageOperation[] => [
        put(entry),
        { type: "delete", key: keyOf(entry.command.commandId, "") },
      ]);
      if (moved.length > 0) writer.write(moved).catch(failed);
    },
  };
}

/**
 * What this client wrote itself, whole or not at all. Its shape was proven when it was composed; the backend parses it
 * again, and a schema here would double the size of the client.
 */
function isWritten(value: unknown): value is Written {
  const { command, expiresAtMs, refused } = Object(value);
  return (
    ["type", "commandId", "conversationId"].every((key) => typeof Object(command)[key] === "string") &&
    (expiresAtMs === undefined || typeof expiresAtMs === "number") &&
    (refused === undefined || typeof Object(refused).code === "string")
  );
}
