import type { Corpus } from "./lib/corpus.ts";
import { inPage } from "./lib/page.ts";
import { quantile, type Row, type Table } from "./lib/table.ts";
import type { KeptFigures, Taken } from "./page/search.ts";

const PLACES = 50;
const SEARCHES = 40;

/** How long it takes to find the newest of 50,000 messages that lie in IndexedDB, and how long the page is held up. */
export async function searchKept(
  texts: readonly string[],
  corpus: Corpus,
  kinds: Readonly<Record<string, (corpus: Corpus, index: number) => string>>,
): Promise<readonly Table[]> {
  const each = Math.ceil(texts.length / PLACES);
  const places = Array.from({ length: PLACES }, (_, index) => texts.slice(index * each, (index + 1) * each));
  const sought = Object.values(kinds).map((textOf) =>
    Array.from({ length: SEARCHES }, (_, index) => textOf(corpus, index)),
  );
  const found = await inPage("search", async (page) => {
    for (let index = 0; index < PLACES; index += 10)
      await page.evaluate((some) => window.stored.fill(some), places.slice(index, index + 10));
    const inTurn: KeptFigures[] = [];
    for (const hasWorker of [false, true]) {
      await page.reload();
      inTurn.push(await page.evaluate(([all, beside]) => window.stored.search(all, beside), [sought, hasWorker] as const)); // prettier-ignore
    }
    return inTurn;
  });
  const rows = (found ?? []).flatMap(({ rest, first, kinds: taken }, index) => {
    const where = index === 0 ? "in the page" : "in a worker";
    const names = ["at rest", "first", ...Object.keys(kinds)];
    return [[rest], [first], ...taken].map((some, kind) => row(`${where}: ${names[kind]}`, some));
  });
  const title = `Search on the device: ${texts.length.toLocaleString("en")} messages in IndexedDB`;
  const note = `Chromium; ${PLACES} conversations, none of which was opened in this life; ${SEARCHES} searches of each kind for the newest 50, offline. At rest: one second in which nothing is sought. First: all of it is read, and cut into words.`;
  return rows.length > 0 ? [{ title, note, rows }] : [];
}

function row(name: string, taken: readonly Taken[]): Row {
  const times = taken.map(({ ms }) => ms);
  const [p50, p95] = [quantile(times, 0.5), quantile(times, 0.95)];
  const blocked = Math.max(...taken.map(({ blockedMs }) => blockedMs));
  return { name, figures: { "p50 ms": p50, "p95 ms": p95, "blocked at most, ms": blocked } };
}
