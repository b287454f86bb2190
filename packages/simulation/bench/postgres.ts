import { randomBytes } from "node:crypto";
import { type Command, defaultPolicy } from "@tidings/core/protocol";
import { openPostgresStore, type Store, type Submission } from "@tidings/server/store";
import { hasPostgres, type PostgresService } from "@tidings/server/testing";
import pg from "pg";
import { startDurablePostgres } from "./lib/durable-postgres.ts";
import { median, type Row, type Table } from "./lib/table.ts";

const ROUNDS = 3;
const MESSAGES = 10_240;
/** As many as the engine commits together under load. */
const BATCH = 256;
const PEOPLE = 50;

/** What a message costs that is numbered, remembered and on disk, beside what the same rows cost through `pg` alone. */
export async function postgres(): Promise<readonly Table[]> {
  if (!hasPostgres()) return [];
  const service = await startDurablePostgres();
  try {
    return [await measure(service)];
  } finally {
    await service.close();
  }
}

async function measure(service: PostgresService): Promise<Table> {
  const contenders: Readonly<Record<string, () => Promise<number>>> = {
    "pg, 1 row per commit": () => plainInserts(service, 1, MESSAGES / 10),
    "pg, 10 rows per commit": () => plainInserts(service, 10, MESSAGES),
    "store, one conversation": () => commits(service, 1),
    "store, 1,000 conversations": () => commits(service, 1_000),
  };
  const rates = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      rates.set(name, [...(rates.get(name) ?? []), await run()]);
    }
  }
  const base = median(rates.get("pg, 10 rows per commit") ?? []);
  const rows = [...rates].map(([name, found]): Row => {
    const rate = median(found);
    return { name, figures: { "per second": rate, "× 10 rows": rate / base } };
  });
  return {
    title: "Durable commits: PostgreSQL, fsync on",
    note: `Median of ${ROUNDS} rounds of ${MESSAGES} messages by ${PEOPLE} people, ${BATCH} per commit; pg: the same records in a table with a key.`,
    rows,
  };
}

/** The least that keeps a message: its record under a key, one statement after the other on one connection. */
async function plainInserts(service: PostgresService, rowsPerCommit: number, count: number): Promise<number> {
  const client = new pg.Client(await service.database());
  await client.connect();
  await client.query("CREATE TABLE plain (id text PRIMARY KEY, room text NOT NULL, record json NOT NULL)");
  const places = Array.from(
    { length: rowsPerCommit },
    (_, row) => `($${row * 3 + 1}, $${row * 3 + 2}, $${row * 3 + 3})`,
  );
  const text = `INSERT INTO plain VALUES ${places.join(", ")}`;
  const record = {
    ...draft("room 0", "user 0"),
    rev: 1,
    seq: 1,
    authorId: "user 0",
    createdAt: 0,
    version: 0,
    reactions: [],
  };
  const startMs = performance.now();
  for (let done = 0; done < count; done += rowsPerCommit) {
    const values = Array.from({ length: rowsPerCommit }, () => {
      const id = newId();
      return [id, "room 0", JSON.stringify({ ...record, id })];
    });
    await client.query({ name: "plain", text, values: values.flat() });
  }
  const rate = (count / (performance.now() - startMs)) * 1_000;
  await client.end();
  return rate;
}

async function commits(service: PostgresService, conversations: number): Promise<number> {
  const store = await openPostgresStore({ url: await service.database() });
  const people = Array.from({ length: PEOPLE }, (_, index) => `user ${index}`);
  await inBatches(store, conversations, (index) => ({
    actorId: "user 0",
    command: {
      type: "conversation.create",
      kind: "group",
      commandId: newId(),
      conversationId: `room ${index}`,
      at: 0,
      participants: people.slice(1).map((userId) => ({ userId })),
    },
  }));
  const startMs = performance.now();
  await inBatches(store, MESSAGES, (index) => {
    const actorId = `user ${index % PEOPLE}`;
    return { actorId, command: draft(`room ${index % conversations}`, actorId) };
  });
  const rate = (MESSAGES / (performance.now() - startMs)) * 1_000;
  await store.close();
  return rate;
}

async function inBatches(
  store: Store,
  count: number,
  make: (index: number) => { readonly actorId: string; readonly command: Command },
): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    const items = Array.from({ length: Math.min(BATCH, count - from) }, (_, index): Submission => {
      const { actorId, command } = make(from + index);
      return {
        command,
        context: { actorId, at: 1_800_000_000_000 + from + index, limits: defaultPolicy.limits },
      };
    });
    const outcomes = await store.commit(items, () => undefined);
    const refused = outcomes.find((outcome) => !outcome.ok);
    if (refused) throw new Error(JSON.stringify(refused));
  }
}

function draft(conversationId: string, actorId: string): Command {
  const content = { text: `${actorId} has something to say that is about as long as people write.` };
  return {
    type: "message.send",
    commandId: newId(),
    conversationId,
    at: 1_800_000_000_000,
    kind: "text",
    content,
  };
}

/** A UUID of version 7, as clients make them: they ascend with time. */
function newId(): string {
  const hex = randomBytes(16).toString("hex");
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(1, 4)}-8${hex.slice(5, 8)}-${hex.slice(8, 20)}`;
}
