import { existsSync, realpathSync } from "node:fs";
import { MessagingError } from "@tidings/core/errors";
import Libsql from "libsql";

/** Who has a database open. Whoever does shares a lock beside it, which is gone with the process; an import has it alone. */
export interface Occupation {
  /** @throws {MessagingError} `client/misused` if others have the database open. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
  close(): void;
}

/**
 * @param file - of the database; beside it there is `<file>-open`, which stays empty.
 * @throws {MessagingError} `client/misused` while somebody has it alone.
 */
export function occupy(file: string): Occupation {
  const lock = new Libsql(`${placeOf(file)}-open`);
  const share = (): void => {
    lock.exec("BEGIN");
    // What was read is locked until the end of the transaction.
    lock.prepare("SELECT count(*) FROM sqlite_schema").get();
  };
  try {
    lock.exec("PRAGMA busy_timeout = 0");
    share();
  } catch (error) {
    lock.close();
    if (isBusy(error)) throw refused("unable to open the database; something is being imported into it");
    throw error;
  }
  let isAlone = false;
  return {
    async alone(work) {
      if (isAlone) throw refused("unable to import; another import is under way");
      lock.exec("COMMIT");
      try {
        lock.exec("BEGIN EXCLUSIVE");
      } catch (error) {
        share();
        if (isBusy(error)) throw refused("unable to import; a server has the database open: stop it first");
        throw error;
      }
      isAlone = true;
      try {
        return await work();
      } finally {
        isAlone = false;
        lock.exec("COMMIT");
        share();
      }
    },
    close() {
      // A statement that is not collected yet keeps it open.
      if (lock.inTransaction) lock.exec("COMMIT");
      lock.close();
    },
  };
}

/** By whatever name it is opened; a database that is not there yet has none but this. */
function placeOf(file: string): string {
  return existsSync(file) ? realpathSync(file) : file;
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "SQLITE_BUSY";
}

function refused(message: string): MessagingError {
  return new MessagingError("client/misused", { message });
}
