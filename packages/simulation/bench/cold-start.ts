import { inPage } from "./lib/page.ts";
import { median, type Table } from "./lib/table.ts";

const ROUNDS = 5;
const CONVERSATIONS = 50;
const MESSAGES = 1_000;

/** How long an app that was used before takes to show something, with the network cable out. */
export async function coldStart(): Promise<readonly Table[]> {
  const rows = await inPage("cold-start", async (page) => {
    await page.evaluate(([count, each]) => window.fill(count, each), [CONVERSATIONS, MESSAGES] as const);
    const found: { list: number[]; timeline: number[]; bare: number[] } = {
      list: [],
      timeline: [],
      bare: [],
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      await page.reload();
      const { listMs, timelineMs } = await page.evaluate(() => window.coldStart());
      found.list.push(listMs);
      found.timeline.push(timelineMs);
      found.bare.push(await page.evaluate((count) => window.bareRead(count), MESSAGES));
    }
    const bare = median(found.bare);
    return Object.entries(found).map(([name, values]) => ({
      name,
      figures: { ms: median(values), "× bare": median(values) / bare },
    }));
  });
  if (!rows) return [];
  return [
    {
      title: `Cold start: ${CONVERSATIONS} conversations of ${MESSAGES.toLocaleString("en")} cached messages`,
      note: `Chromium, IndexedDB, no network; from createClient to the list, and to a whole timeline. Bare: the database reads as many messages. Medians of ${ROUNDS}.`,
      rows,
    },
  ];
}
