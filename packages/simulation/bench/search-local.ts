import { type Client, createClient } from "@tidings/core";
import { createMemoryBackend, memoryTransport } from "@tidings/core/memory";
import { defaultPolicy } from "@tidings/core/protocol";
import { createSearch } from "@tidings/core/search";
import MiniSearch from "minisearch";
import { type Corpus, createCorpus } from "./lib/corpus.ts";
import { quantile, type Row, type Table } from "./lib/table.ts";
import { searchKept } from "./search-kept.ts";

const MESSAGES = 50_000;
const SEARCHES = 40;
const PAGE = 50;
const PLACE = "general";

const kinds: Readonly<Record<string, (corpus: Corpus, index: number) => string>> = {
  "a frequent word": ({ wordOf }, index) => `${wordOf(index)} `,
  "a rare word": ({ wordOf }, index) => wordOf(10_000 + index),
  "two words": ({ wordOf }, index) => `${wordOf(index)} ${wordOf(300 + index)}`,
  "the beginning of a word": ({ wordOf }, index) => wordOf(50 + index).slice(0, 3),
  "two letters": ({ wordOf }, index) => wordOf(50 + index).slice(0, 2),
  "what nobody said": (_corpus, index) => `unsaid${index}`,
};

/** How long it takes to find the newest of 50,000 messages that a client holds, and how long a search blocks the page. */
export async function searchLocal(): Promise<readonly Table[]> {
  const corpus = createCorpus(2);
  const texts = Array.from({ length: MESSAGES }, (_, index) => {
    const { command } = corpus.messageAt(index);
    return command.type === "message.send" && "text" in command.content ? command.content.text : "";
  });
  const client = await clientWith(texts);
  const alive = setInterval(() => {}, 1_000); // a client's timers do not keep a process
  const rows = [await walked(client, corpus), indexed(texts, corpus)].flat();
  clearInterval(alive);
  await client.close();
  return [
    {
      title: `Search on the device: ${MESSAGES.toLocaleString("en")} messages`,
      note: `${SEARCHES} searches of each kind for the newest ${PAGE}; first: the texts are cut into words, in slices.`,
      rows,
    },
    ...(await searchKept(texts, corpus, kinds)),
  ];
}

async function clientWith(texts: readonly string[]): Promise<Client> {
  const policy = { ...defaultPolicy, rates: [], limits: { ...defaultPolicy.limits, pageSize: 1_000 } };
  const backend = createMemoryBackend({ policy });
  const [writer, reader] = ["ben", "ada"].map((userId) =>
    createClient({ transport: memoryTransport({ backend, userId }) }),
  );
  if (!writer || !reader) throw new Error("no client");
  await Promise.all([writer.connect(), reader.connect()]);
  const room = writer.conversation(PLACE);
  for (let from = 0; from < texts.length; from += 5_000)
    await Promise.all(texts.slice(from, from + 5_000).map(async (text) => (await room.send(text)).settled()));
  await writer.close();
  const { timeline } = reader.conversation(PLACE);
  while (timeline.get().items.length < texts.length) await timeline.loadOlder();
  reader.disconnect();
  return reader;
}

async function walked(client: Client, corpus: Corpus): Promise<readonly Row[]> {
  const search = createSearch(client, { limit: PAGE, delayMs: 0 });
  const find = (text: string): Promise<{ readonly ms: number; readonly blockedMs: number }> =>
    new Promise((resolve) => {
      const startMs = performance.now();
      const end = search.subscribe(({ isSearching }) => {
        if (isSearching) return;
        end();
        resolve({ ms: performance.now() - startMs, blockedMs });
      });
      search.find({ text, conversationId: PLACE });
      const blockedMs = performance.now() - startMs;
    });
  const first = await find("cutseverything");
  const rows = [row("first", [first.ms], [first.blockedMs])];
  for (const [kind, textOf] of Object.entries(kinds)) {
    const found = [];
    for (let index = 0; index < SEARCHES; index += 1) found.push(await find(textOf(corpus, index)));
    rows.push(row(kind, found.map(({ ms }) => ms), found.map(({ blockedMs }) => blockedMs))); // prettier-ignore
  }
  return rows;
}

/** The same with an inverted index that ranks: what the walk stands beside. */
function indexed(texts: readonly string[], corpus: Corpus): readonly Row[] {
  const index = new MiniSearch({ fields: ["text"], tokenize: (text) => text.split(" ") });
  const startMs = performance.now();
  index.addAll(texts.map((text, id) => ({ id, text })));
  const rows = [row("minisearch: first", [performance.now() - startMs])];
  for (const [kind, textOf] of Object.entries(kinds)) {
    const times = Array.from({ length: SEARCHES }, (_, each) => {
      const text = textOf(corpus, each);
      const askedMs = performance.now();
      index
        .search(text.trim(), { combineWith: "AND", prefix: !text.endsWith(" ") })
        .sort((one, other) => Number(other["id"]) - Number(one["id"]))
        .slice(0, PAGE);
      return performance.now() - askedMs;
    });
    rows.push(row(`minisearch: ${kind}`, times));
  }
  return rows;
}

function row(name: string, times: readonly number[], blocked: readonly number[] = times): Row {
  const [p50, p95] = [quantile(times, 0.5), quantile(times, 0.95)];
  return { name, figures: { "p50 ms": p50, "p95 ms": p95, "blocked at most, ms": Math.max(...blocked) } };
}
