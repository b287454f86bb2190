import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import {
  type Archive,
  type ArchiveReading,
  type ArchiveScope,
  releasable,
  type RowLine,
} from "../../archive.ts";
import { archivePages } from "../../archive-reading.ts";
import { ArchiveWriting, markOf } from "../../archive-writing.ts";
import type { AuditEntry } from "../../audit.ts";
import { createAudit } from "../audit.ts";
import { type Connection, openConnection } from "../database.ts";
import type { Occupation } from "../occupation.ts";
import { createSearchIndex } from "../search-index.ts";
import { lastKey, orderByTime } from "./order.ts";
import { createArchiveTables } from "./tables.ts";
import { createArchiveTarget } from "./target.ts";

/**
 * Over connections of its own, so that nothing it does is part of what others do. A database in memory has no second
 * one: it is copied to be read, and takes nothing in.
 */
export function createArchive(
  file: string,
  connection: Connection,
  occupation: Occupation | undefined,
): Archive {
  return {
    async read(scope) {
      if (occupation) return reading(openConnection(file), scope, () => {});
      const copy = join(tmpdir(), `tidings-${randomUUID()}.db`);
      connection.prepare("VACUUM INTO ?").run(copy);
      return reading(openConnection(copy), scope, () => {
        for (const ending of ["", "-wal", "-shm"]) rmSync(`${copy}${ending}`, { force: true });
      });
    },
    async write(digest, batches, entry) {
      if (!occupation) throw new Error("unable to import; the database is in memory, and gone with it");
      return occupation.alone(async () => {
        const target = openConnection(file);
        try {
          return await written(target, digest, batches, entry);
        } finally {
          target.close();
        }
      });
    },
    // A commit here is over when it is answered.
    has: async (digest) => isMarked(connection, digest),
  };
}

async function reading(
  connection: Connection,
  scope: ArchiveScope,
  done: () => void,
): Promise<ArchiveReading | undefined> {
  const end = (): void => {
    // A statement that is not collected yet keeps it open, and what it reads.
    connection.exec("ROLLBACK");
    connection.close();
    done();
  };
  connection.exec("BEGIN"); // All that is read from here on is of one moment.
  try {
    const epoch = connection.prepare<{ value: string }>("SELECT value FROM meta WHERE name = 'epoch'").get();
    const only = scope.of === "conversation" ? scope.conversationId : "";
    const count = connection
      .prepare<{ messages: number; found: number }>(
        `SELECT count(*) AS found, (SELECT count(*) FROM messages m WHERE ?1 = '' OR m.conversation =
           (SELECT key FROM conversations WHERE id = ?1)) AS messages FROM conversations WHERE id = ?1`,
      )
      .get(only);
    if (only !== "" && count?.found !== 1) {
      end();
      return undefined;
    }
    return {
      epoch: epoch?.value ?? "",
      messages: count?.messages ?? 0,
      ...releasable(pages(connection, scope, end), end),
    };
  } catch (error) {
    end();
    throw error;
  }
}

async function* pages(
  connection: Connection,
  scope: ArchiveScope,
  end: () => void,
): AsyncGenerator<readonly RowLine[]> {
  try {
    for await (const page of archivePages(createArchiveTables(connection), scope)) {
      yield page;
      // Reading blocks the process: others have their turn between two pages.
      await setImmediate();
    }
  } finally {
    end();
  }
}

async function written(
  connection: Connection,
  digest: string,
  batches: Parameters<Archive["write"]>[1],
  entry: AuditEntry,
): Promise<boolean> {
  connection.exec("BEGIN IMMEDIATE");
  try {
    const isKnown = isMarked(connection, digest);
    if (!isKnown) {
      const last = lastKey(connection);
      const writing = new ArchiveWriting(createArchiveTarget(connection));
      for await (const batch of batches) await writing.take(batch);
      createSearchIndex(connection).catchUp();
      orderByTime(connection, last);
      const put = connection.prepare(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      );
      put.run("epoch", randomUUID());
      put.run(markOf(digest), new Date().toISOString());
      createAudit(connection).put(entry);
    }
    connection.exec("COMMIT");
    return !isKnown;
  } catch (error) {
    connection.exec("ROLLBACK");
    throw error;
  }
}

function isMarked({ prepare }: Connection, digest: string): boolean {
  return prepare<object>("SELECT 1 FROM meta WHERE name = ?").get(markOf(digest)) !== undefined;
}
