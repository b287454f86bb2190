import type { PostgresStoreOptions } from "./postgres/postgres-store.ts";
import type { Store } from "./store.ts";

/**
 * The store of a server with many nodes. While the database is away every call rejects, and may be made again.
 *
 * @throws {Error} if the database cannot be reached, or a newer version wrote it on whose schema this one cannot work.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  // Loaded by those who use it: the embedded server starts without a driver it does not need.
  const postgres = await import("./postgres/postgres-store.ts");
  return postgres.openPostgresStore(options);
}
