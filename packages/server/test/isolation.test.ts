import Libsql from "libsql";
import { Client } from "pg";
import { afterAll, beforeAll, describe } from "vitest";
import { hasPostgres, type PostgresService, startPostgres } from "../src/testing/postgres.ts";
import { type Counter, isolationSuite } from "./support/isolation-suite.ts";

isolationSuite("SQLite", {
  open: async () => ({}),
  countStatements: () =>
    countCalls(Object.getPrototypeOf(new Libsql(":memory:").prepare("SELECT 1")), ["get", "all", "run"]),
});

describe.skipIf(!hasPostgres())("with a real PostgreSQL", () => {
  let service: PostgresService;
  beforeAll(async () => {
    service = await startPostgres();
  }, 60_000);
  afterAll(() => service.close());

  isolationSuite("PostgreSQL", {
    open: async () => ({ database: await service.database() }),
    // Jobs are looked for whoever asks what.
    countStatements: () => countCalls(Object(Client.prototype), ["query"], (client) => !isForJobs(client)),
  });
});

function isForJobs(client: unknown): boolean {
  return Object(client).connectionParameters.application_name === "tidings jobs";
}

/** @param names - methods of `prototype` that ask the database. */
function countCalls(
  prototype: Record<string, unknown>,
  names: readonly string[],
  counts: (connection: unknown) => boolean = () => true,
): Counter {
  const originals = names.map((name) => [name, prototype[name]] as const);
  const counter = {
    count: 0,
    stop() {
      for (const [name, original] of originals) prototype[name] = original;
    },
  };
  for (const [name, original] of originals) {
    if (typeof original !== "function") throw new Error(`the driver has no ${name}`);
    prototype[name] = function (this: unknown, ...given: unknown[]) {
      if (counts(this)) counter.count += 1;
      return Reflect.apply(original, this, given);
    };
  }
  return counter;
}
