import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SearchFilter } from "@tidings/core/protocol";
import { openLibsqlStore, openPostgresStore, type Store } from "@tidings/server/store";
import { hasPostgres } from "@tidings/server/testing";
import pg from "pg";
import { type Corpus, createCorpus, fill, READER } from "./lib/corpus.ts";
import { startDurablePostgres } from "./lib/durable-postgres.ts";
import { quantile, type Row, type Table } from "./lib/table.ts";

const MESSAGES = Number(process.env["TIDINGS_BENCH_MESSAGES"] ?? 1_000_000);
/** Searches of each kind; each is another, so that none is answered from memory. */
const SEARCHES = 60;
const PAGE = 20;

/** What people look for: the n-th search of a kind. */
const kinds: Readonly<Record<string, (corpus: Corpus, index: number) => SearchFilter>> = {
  "a frequent word": ({ wordOf }, index) => ({ text: `${wordOf(index)} ` }),
  "a word of the middle": ({ wordOf }, index) => ({ text: wordOf(500 + index) }),
  "a rare word": ({ wordOf }, index) => ({ text: wordOf(15_000 + index) }),
  "two words": ({ wordOf }, index) => ({ text: `${wordOf(index)} ${wordOf(300 + index)}` }),
  "two frequent words": ({ wordOf }, index) => ({ text: `${wordOf(index)} ${wordOf(index + 1)}` }),
  "the beginning of a word": ({ wordOf }, index) => ({ text: wordOf(50 + index).slice(0, 4) }),
  "two letters": ({ wordOf }, index) => ({ text: wordOf(50 + index).slice(0, 2) }),
  "a word, in one conversation": ({ wordOf }, index) => ({
    ...{ text: wordOf(100 + index), conversationId: `room ${3 * (index % 60)}` },
  }),
  "a word, of one person": ({ wordOf, people }, index) => ({
    ...{ text: wordOf(20 + index), authorId: people[100 + index] ?? "" },
  }),
  "a word, long ago": ({ wordOf }, index) => ({
    ...{ text: wordOf(20 + index), until: 1_800_000_000_000 + MESSAGES / 10 },
  }),
  "what mentions me": (_corpus, index) => ({ mentionsMe: true, until: 1_800_000_000_000 + MESSAGES - index }),
  "what nobody said": (_corpus, index) => ({ text: `unsaid${index}` }),
};

/** How long a page of what was found takes, of a million messages: p50, p95 and the longest. */
export async function searchLibsql(): Promise<readonly Table[]> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-search-"));
  try {
    return [await measured("libsql", openLibsqlStore({ file: join(folder, "data.db") }))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same, on PostgreSQL. */
export async function searchPostgres(): Promise<readonly Table[]> {
  if (!hasPostgres()) return [];
  const service = await startDurablePostgres();
  try {
    const url = await service.database();
    return [await measured("PostgreSQL", await openPostgresStore({ url }), () => vacuum(url))];
  } finally {
    await service.close();
  }
}

/** What autovacuum would have done by the time anybody searches. */
async function vacuum(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query("VACUUM ANALYZE");
  await client.end();
}

async function measured(name: string, store: Store, settle?: () => Promise<void>): Promise<Table> {
  const corpus = createCorpus(1);
  const startMs = performance.now();
  await fill(store, corpus, MESSAGES);
  await settle?.();
  const seconds = Math.round((performance.now() - startMs) / 1_000);
  const all: number[] = [];
  const rows: Row[] = [];
  for (const [kind, filterOf] of Object.entries(kinds)) {
    const times: number[] = [];
    let hits = 0;
    for (let index = 0; index < SEARCHES; index += 1) {
      const filter = filterOf(corpus, index);
      const askedMs = performance.now();
      const answer = await store.query(READER, { type: "search", limit: PAGE, ...filter });
      times.push(performance.now() - askedMs);
      if (!answer.ok) throw new Error(`${kind}: ${answer.code}`);
      if ("items" in answer.result) hits += answer.result.items.length;
    }
    all.push(...times);
    rows.push({ name: kind, figures: { ...figuresOf(times), found: hits / SEARCHES } });
  }
  await store.close();
  return {
    title: `Search on the server: ${name}, ${MESSAGES.toLocaleString("en")} messages`,
    note: `${SEARCHES} searches of each kind for pages of ${PAGE}, one after the other, none of them twice; made in ${seconds} s.`,
    rows: [...rows, { name: "all", figures: figuresOf(all) }],
  };
}

function figuresOf(times: readonly number[]): Row["figures"] {
  return { "p50 ms": quantile(times, 0.5), "p95 ms": quantile(times, 0.95), "max ms": Math.max(...times) };
}
