import { randomUUID } from "node:crypto";
import { Kysely, type Migration, Migrator, PostgresDialect, sql } from "kysely";
import type { Pool } from "pg";
import { atOnceSchema } from "./at-once-schema.ts";
import { auditRetention, auditSchema } from "./audit-schema.ts";
import { addPlans, jobsByTime } from "./plans-schema.ts";
import { closedSchema } from "./closed-schema.ts";
import { prepareQueue } from "./queue.ts";
import { filesSchema } from "./files-schema.ts";
import { blocksSchema } from "./blocks.ts";
import { caseRevisions, casesSchema } from "./cases-schema.ts";
import { addErasure } from "./erasure-schema.ts";
import { addRelations } from "./relations-schema.ts";
import { retentionSchema } from "./retention-schema.ts";
import { firstSchema } from "./schema.ts";
import { addSearch } from "./search-schema.ts";
import { notesSchema } from "./notes-schema.ts";
import { needsAtLeast, newerThan } from "./oldest-schema.ts";
import { pendingWordsSchema } from "./pending-words.ts";
import { previewsSchema } from "./previews.ts";
import { pushSchema } from "./push-schema.ts";
import type { Tables } from "./tables.ts";
import { togetherSchema } from "./together-schema.ts";

/** Each lifts the schema by one version; entries are only ever added. One that breaks older servers says `needsAtLeast`. */
const migrations: Readonly<Record<string, Migration>> = {
  "0001": { up: (database) => firstSchema.execute(database).then(() => {}) },
  "0002": { up: (database) => auditSchema.execute(database).then(() => {}) },
  "0003": { up: (database) => auditRetention.execute(database).then(() => {}) },
  "0004": { up: (database) => atOnceSchema.execute(database).then(() => {}) },
  "0005": { up: addSearch },
  "0006": { up: (database) => notesSchema.execute(database).then(() => {}) },
  "0007": { up: (database) => togetherSchema.execute(database).then(() => {}) },
  "0008": { up: addRelations },
  "0009": { up: addPlans },
  "0010": { up: (database) => filesSchema.execute(database).then(() => {}) },
  "0011": { up: (database) => pushSchema.execute(database).then(() => {}) },
  "0012": { up: (database) => retentionSchema.execute(database).then(() => {}) },
  "0013": { up: (database) => blocksSchema.execute(database).then(() => {}) },
  "0014": { up: (database) => casesSchema.execute(database).then(() => {}) },
  "0015": { up: (database) => previewsSchema.execute(database).then(() => {}) },
  "0016": { up: (database) => caseRevisions.execute(database).then(() => {}) },
  "0017": {
    up: (database) =>
      needsAtLeast("0017")
        .execute(database)
        .then(() => {}),
  },
  "0018": { up: addErasure },
  "0019": { up: (database) => jobsByTime.execute(database).then(() => {}) },
  "0020": { up: (database) => closedSchema.execute(database).then(() => {}) },
  "0021": { up: (database) => pendingWordsSchema.execute(database).then(() => {}) },
};

export interface Migrated {
  /** The migrations made now. */
  readonly made: readonly string[];
  /** Those a newer server made, which this one does not know and can work with. */
  readonly newer: readonly string[];
}

/**
 * Brings a database to the newest schema, in one transaction and under an advisory lock: of several nodes that start
 * together one migrates and the others wait. What a newer server has migrated is left as it is.
 *
 * @throws {Error} if a newer version of this server wrote it and this one cannot work on that, or the role may not.
 */
export async function migrate(pool: Pool): Promise<Migrated> {
  const newer = await newerMigrations(pool);
  if (newer.length > 0) return { made: [], newer };
  const migrator = new Migrator({
    // Over the pool of the store, which stays open.
    db: kyselyOver(pool),
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    migrationTableName: "tidings_migrations",
    migrationLockTableName: "tidings_migrations_lock",
  });
  await prepareQueue(pool);
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error === undefined) return { made: results.map(({ migrationName }) => migrationName), newer };
  const madeMeanwhile = await newerMigrations(pool);
  if (madeMeanwhile.length > 0) return { made: [], newer: madeMeanwhile };
  throw unable(error);
}

/**
 * What a newer server has made of the schema.
 *
 * @throws {Error} if this one cannot work on that.
 */
export function newerMigrations(pool: Pool): Promise<readonly string[]> {
  return newerThan(Object.keys(migrations), kyselyOver(pool));
}

/** Which history this is; made with the first schema. */
export async function epochOf(pool: Pool): Promise<string> {
  const database = kyselyOver(pool);
  const epoch = await database
    .selectFrom("meta")
    .select("value")
    .where("name", "=", "epoch")
    .executeTakeFirst();
  if (epoch) return epoch.value;
  await sql`INSERT INTO meta VALUES ('epoch', ${randomUUID()}) ON CONFLICT DO NOTHING`.execute(database);
  return epochOf(pool);
}

function kyselyOver(pool: Pool): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

function unable(error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`unable to migrate the database; ${reason}`, { cause: error });
}
