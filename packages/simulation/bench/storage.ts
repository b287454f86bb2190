import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@tidings/core";
import { memoryTransport } from "@tidings/core/memory";
import { sqliteStorage } from "@tidings/storage/sqlite";
import Database from "libsql";
import { median, type Row, type Table } from "./lib/table.ts";

const ROUNDS = 5;
const SINGLE = 300;
const BURST = 1_000;
const TEXT =
  "A message as long as people write them, give or take; a hundred characters are about what it takes.";

/** Keeps `count` messages, one after the other or all at once. */
interface Contender {
  one(count: number): Promise<void>;
  burst(count: number): Promise<void>;
  close(): Promise<void>;
}

/** What SQLite in Node takes through the adapter and through a client, beside its own write of the same bytes. */
export async function storage(): Promise<readonly Table[]> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-bench-"));
  try {
    const makers = { bare, adapter, client };
    const found: Record<string, { one: number[]; burst: number[] }> = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, make] of Object.entries(makers)) {
        const contender = await make(join(folder, `${name}-${round}.db`));
        const times = (found[name] ??= { one: [], burst: [] });
        await contender.one(20); // warm
        times.one.push((await timed(() => contender.one(SINGLE))) / SINGLE);
        times.burst.push((await timed(() => contender.burst(BURST))) / BURST);
        await contender.close();
      }
    }
    return [tableOf(found)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tableOf(found: Readonly<Record<string, { one: number[]; burst: number[] }>>): Table {
  const names = { one: "one at a time", burst: "a burst of 1,000" } as const;
  const rows = (["one", "burst"] as const).map((how): Row => {
    const ms = (name: string): number => median(found[name]?.[how] ?? []);
    const [alone, put, send] = [ms("bare"), ms("adapter"), ms("client")];
    const ratios = { "adapter ×": put / alone, "send ×": send / alone };
    return {
      name: names[how],
      figures: { "bare ms": alone, "adapter ms": put, "send ms": send, ...ratios },
    };
  });
  return {
    title: "Durable write: SQLite in Node, WAL, synchronous FULL",
    note:
      `Per message, median of ${ROUNDS} rounds. Bare: a transaction per message, or one for the burst; the same bytes. ` +
      `In a burst a send is more than its row: see "What a send costs" in docs/architecture.md.`,
    rows,
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

const entryOf = (index: number): { readonly id: string; readonly value: object } => {
  const id = `019b796d-d600-7000-8000-${String(index).padStart(12, "0")}`;
  const facts = { type: "message.send", commandId: id, conversationId: "general", at: 1_800_000_000_000 };
  return { id, value: { ...facts, kind: "text", content: { text: TEXT } } };
};

async function bare(file: string): Promise<Contender> {
  const database = new Database(file);
  for (const setting of ["journal_mode = WAL", "synchronous = FULL"]) database.exec(`PRAGMA ${setting}`);
  database.exec("CREATE TABLE records (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID");
  const insert = database.prepare("INSERT INTO records VALUES (?, ?)");
  let written = 0;
  const put = (): void => {
    const { id, value } = entryOf((written += 1));
    insert.run(`outbox\u0001${id}\u0001`, JSON.stringify(value));
  };
  return {
    async one(count) {
      for (let left = count; left > 0; left -= 1) put();
    },
    async burst(count) {
      database.exec("BEGIN");
      for (let left = count; left > 0; left -= 1) put();
      database.exec("COMMIT");
    },
    close: async () => void database.close(),
  };
}

async function adapter(file: string): Promise<Contender> {
  const opened = sqliteStorage({ database: () => new Database(file) });
  await opened.open();
  let written = 0;
  const put = (): { readonly type: "put"; readonly key: readonly string[]; readonly value: object } => {
    const { id, value } = entryOf((written += 1));
    return { type: "put", key: ["outbox", id], value };
  };
  return {
    async one(count) {
      for (let left = count; left > 0; left -= 1) await opened.write([put()]);
    },
    burst: (count) => opened.write(Array.from({ length: count }, put)),
    close: () => opened.close(),
  };
}

/** Never connected: what is measured is the promise to keep, not the delivery. */
async function client(file: string): Promise<Contender> {
  const opened = createClient({
    transport: memoryTransport(),
    storage: sqliteStorage({ database: () => new Database(file) }),
    userId: "me",
  });
  const room = opened.conversation("general");
  return {
    async one(count) {
      for (let left = count; left > 0; left -= 1) await room.send(TEXT);
    },
    burst: async (count) => void (await Promise.all(Array.from({ length: count }, () => room.send(TEXT)))),
    close: () => opened.close(),
  };
}
