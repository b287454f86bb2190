import { run as timeline } from "../../core/bench/timeline.bench.ts";
import { coldStart } from "./cold-start.ts";
import { compression } from "./compression.ts";
import { crossNode } from "./cross-node.ts";
import { durable } from "./durable.ts";
import { fanOut } from "./fan-out.ts";
import { files } from "./files.ts";
import { idle } from "./idle.ts";
import { metrics } from "./metrics.ts";
import { observe } from "./observe.ts";
import { pageWeight } from "./page-weight.ts";
import { postgres } from "./postgres.ts";
import { react } from "./react.ts";
import { resume } from "./resume.ts";
import { searchLibsql, searchPostgres } from "./search.ts";
import { searchLocal } from "./search-local.ts";
import { start } from "./start.ts";
import { storage } from "./storage.ts";
import { currentLoad, keepResult } from "./lib/results.ts";
import { formatTable, type Table } from "./lib/table.ts";

/** Every bench by name; each in a fresh state, one after the other. */
const benches: Readonly<Record<string, () => Promise<readonly Table[]>>> = {
  timeline,
  "cold-start": coldStart,
  durable,
  storage,
  postgres,
  "fan-out": fanOut,
  "cross-node": crossNode,
  resume,
  search: async () => [...(await searchLocal()), ...(await searchLibsql()), ...(await searchPostgres())],
  files,
  idle,
  metrics,
  observe,
  compression,
  start,
  react,
  page: pageWeight,
};

const RESULTS = "docs/performance/results.json";

const USAGE = `npm run bench [-- [name …] [--json] [--save]]

Names: ${Object.keys(benches).join(", ")}. Without a name all run. Figures are medians; compare ratios, which
hold on any machine, rather than absolute times. --json prints the tables as JSON at the end, --save keeps them in
${RESULTS}, from which "npm run docs" makes the page on performance.`;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(USAGE);
    return 0;
  }
  const names = args.filter((arg) => !arg.startsWith("--"));
  const unknown = names.filter((name) => !(name in benches));
  if (unknown.length > 0) {
    console.error(`unable to run ${unknown.join(", ")}; there is no such bench\n\n${USAGE}`);
    return 1;
  }
  const tables: Table[] = [];
  for (const [name, run] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const [startMs, load] = [performance.now(), currentLoad()];
    const found = await run();
    if (args.includes("--save")) keepResult(RESULTS, name, load, found);
    tables.push(...found);
    for (const table of found) console.log(formatTable(table));
    console.log(`(${name}: ${((performance.now() - startMs) / 1_000).toFixed(1)} s)\n`);
  }
  if (args.includes("--json")) console.log(JSON.stringify(tables, null, 2));
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
