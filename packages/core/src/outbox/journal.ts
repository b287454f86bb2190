import type { Logger } from "../ports/logger.ts";
import type { Storage, StorageKey } from "../ports/storage.ts";
import type { Command } from "../protocol/commands.ts";
import type { Writer } from "./writer.ts";

/**
 * What the outbox has on storage: a command is written before its first byte leaves and erased when it is settled
 * (D1). Keys are `["outbox", user, command id]`: who signs in on the same device never sends what another wrote, and the
 * ids ascend, so a restart finds the commands in the order they were given.
 */
export interface Journal {
  /** Resolves when durable. */
  record(command: Command): Promise<void>;
  /** Best effort: an entry that survives is submitted again and answered as the duplicate it is (D2). */
  erase(commandId: string): void;
  /** What is on storage, oldest first: what an earlier life left, and what this one has recorded since. */
  recover(): Promise<readonly Command[]>;
  /** The user is known by now: what was recorded for nobody is theirs. */
  adopt(commands: Iterable<Command>): void;
}

export interface JournalOptions {
  readonly storage: Storage;
  readonly writer: Writer;
  /** Whose commands these are; empty while nobody has said. */
  readonly userId: () => string;
  readonly logger: Logger;
}

const PREFIX = "outbox";

export function createJournal({ storage, writer, userId, logger }: JournalOptions): Journal {
  const keyOf = (commandId: string, user = userId()): StorageKey => [PREFIX, user, commandId];
  const failed = (): void => logger("warn", "outbox.write-failed");
  return {
    record: (command) => writer.write([{ type: "put", key: keyOf(command.commandId), value: command }]),
    erase: (commandId) => void writer.write([{ type: "delete", key: keyOf(commandId) }]).catch(failed),
    async recover() {
      await writer.open();
      const found: Command[] = [];
      for (const [key, value] of await storage.scan({ prefix: [PREFIX, userId()] })) {
        if (isCommand(value)) found.push(value);
        else logger("error", "outbox.unreadable", { key: key.join("/") });
      }
      return found;
    },
    adopt(commands) {
      const moved = [...commands].flatMap((command) => [
        { type: "put" as const, key: keyOf(command.commandId), value: command },
        { type: "delete" as const, key: keyOf(command.commandId, "") },
      ]);
      if (moved.length > 0) writer.write(moved).catch(failed);
    },
  };
}

/**
 * What this client wrote itself, whole or not at all. Its shape was proven when it was composed; the backend parses it
 * again, and a schema here would double the size of the client.
 */
function isCommand(value: unknown): value is Command {
  return (
    isObject(value) && ["type", "commandId", "conversationId"].every((key) => typeof value[key] === "string")
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
