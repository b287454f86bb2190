import { type PostgresService, startPostgres } from "@tidings/server/testing";
import pg from "pg";

/** Of 16 MB each: more than any bench writes between two checkpoints. */
const SEGMENTS = 32;

const SETTINGS = {
  fsync: "on",
  full_page_writes: "on",
  shared_buffers: "256MB",
  min_wal_size: "1GB",
  max_wal_size: "4GB",
};

/**
 * PostgreSQL as in production: a commit is on disk when it is answered, and its log goes into segments that have been
 * used before, as it does in a database that has been at work for a while (PostgreSQL manual, "WAL Configuration"). A new
 * one has yet to make them: every 16 MB one commit writes zeros first, and all others wait for it.
 */
export async function startDurablePostgres(): Promise<PostgresService> {
  const service = await startPostgres({ settings: SETTINGS });
  const client = new pg.Client({
    host: "127.0.0.1",
    port: service.port,
    user: "postgres",
    database: "postgres",
  });
  await client.connect();
  for (let segment = 0; segment < SEGMENTS; segment += 1) {
    await client.query("SELECT txid_current()"); // a segment nothing was written to is not left
    await client.query("SELECT pg_switch_wal()");
  }
  await client.query("CHECKPOINT");
  await client.end();
  return service;
}
