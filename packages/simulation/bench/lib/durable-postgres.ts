import { type PostgresService, startPostgres } from "@tidings/server/testing";

/** PostgreSQL as in production: a commit is on disk when it is answered. */
export function startDurablePostgres(): Promise<PostgresService> {
  const settings = { fsync: "on", full_page_writes: "on", shared_buffers: "256MB", max_wal_size: "4GB" };
  return startPostgres({ settings });
}
