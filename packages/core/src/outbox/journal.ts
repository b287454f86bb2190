import type { Logger } from "../ports/logger.ts";
import type { Storage, StorageKey } from "../ports/storage.ts";
import type { Command } from "../protocol/commands.ts";

/**
 * What the outbox has on storage: a command is written before its first byte leaves and erased when it is settled
 * (D1). Keys ascend with the command ids, so a restart finds the commands in the order they were given.
 */
export interface Journal {
  /** Resolves when durable. */
  record(command: Command): Promise<void>;
  /** Best effort: an entry that survives is submitted again and answered as the duplicate it is (D2). */
  erase(commandId: string): void;
  /** What is on storage, oldest first: what an earlier life left, and what this one has recorded since. */
  recover(): Promise<readonly Command[]>;
}

const PREFIX = "outbox";

export function createJournal(storage: Storage, logger: Logger): Journal {
  let opened: Promise<void> | undefined;
  const open = (): Promise<void> =>
    (opened ??= storage.open().catch((error: unknown) => {
      opened = undefined; // whoever asks next tries again
      throw error;
    }));
  const keyOf = (commandId: string): StorageKey => [PREFIX, commandId];
  return {
    async record(command) {
      await open();
      await storage.write([{ type: "put", key: keyOf(command.commandId), value: command }]);
    },
    erase(commandId) {
      // By the same way as `record`: what was cancelled at once must not be erased before it is written.
      open()
        .then(() => storage.write([{ type: "delete", key: keyOf(commandId) }]))
        .catch(() => logger("warn", "outbox.erase-failed", { commandId }));
    },
    async recover() {
      await open();
      const found: Command[] = [];
      for (const [key, value] of await storage.scan({ prefix: [PREFIX] })) {
        if (isCommand(value)) found.push(value);
        else logger("error", "outbox.unreadable", { key: key.join("/") });
      }
      return found;
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
