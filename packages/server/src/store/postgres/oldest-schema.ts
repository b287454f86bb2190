import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Tables } from "./tables.ts";

const NAME = "oldest schema";

/**
 * Servers that know this migration can work on the schema, whatever comes after it. What only adds leaves it as it is;
 * what takes away, or gives another meaning to, something that servers before it use says here its own name.
 */
export function needsAtLeast(migration: string): RawBuilder<unknown> {
  return sql`INSERT INTO meta VALUES (${sql.lit(NAME)}, ${sql.lit(migration)})
    ON CONFLICT (name) DO UPDATE SET value = excluded.value`;
}

/**
 * The migrations of a database that this server, which knows `ours`, does not know and can work with: made by a newer
 * one, before a rollback or while nodes are replaced.
 *
 * @throws {Error} if it cannot.
 */
export async function newerThan(
  ours: readonly string[],
  database: Kysely<Tables>,
): Promise<readonly string[]> {
  const made = await migrationsOf(database);
  const newer = made.filter((name) => !ours.includes(name));
  if (newer.length === 0) return newer;
  const { value: oldest = "" } =
    (await database.selectFrom("meta").select("value").where("name", "=", NAME).executeTakeFirst()) ?? {};
  if (ours.includes(oldest) && ours.every((name) => made.includes(name))) return newer;
  throw new Error(
    "unable to open the database; its schema is newer than this server's, which cannot work on it: " +
      "start the version that migrated it, or restore a backup from before",
  );
}

async function migrationsOf(database: Kysely<Tables>): Promise<readonly string[]> {
  const found = await sql<{ readonly is_there: boolean }>`
    SELECT to_regclass('tidings_migrations') IS NOT NULL AS is_there`.execute(database);
  if (found.rows[0]?.is_there !== true) return [];
  const { rows } = await sql<{ readonly name: string }>`
    SELECT name FROM tidings_migrations ORDER BY name`.execute(database);
  return rows.map(({ name }) => name);
}
