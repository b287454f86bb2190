import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  formatResult,
  formatRow,
  isClean,
  type LoadOptions,
  type LoadRun,
  renderReport,
  runLoad,
} from "@tidings/load";
import { commandOptions } from "../command-options.ts";
import { openFilesAllowed, openFilesFor } from "./open-files.ts";
import { formatRecalled, recalledBy } from "./recalled.ts";
import { COUNTING, countingStatements } from "./statements.ts";
import { disturbAll, hasTopology, memberOf, startTopology, type Topology } from "./topology.ts";

/** `npm run topology`; see `scripts/tasks/topology.mjs`. */
const values = commandOptions(
  "npm run topology [-- options]: nginx, two nodes, PostgreSQL and Redis, each ended under load. Writes reports.",
  {
    clients: { value: "2000", what: "Clients while each part ends and comes back; 0 leaves that out." },
    rooms: { value: "400", what: "Conversations they are spread over." },
    rate: { value: "1000", what: "Messages said per second by all together." },
    seconds: { value: "60", what: "For how long at least." },
    processes: { value: "1", what: "Processes that the clients are spread over." },
    storm: { value: "10000", what: "Clients under whom a node dies for good; 0 leaves that out." },
    calm: {
      value: false,
      what: "Instead of all that, nothing ends: how fast it is, and whether nodes remember nine tenths of what they look up.",
    },
    statements: { value: false, what: "Counts what PostgreSQL ran for each disturbance." },
    report: {
      value: fileURLToPath(new URL("../../dist/topology", import.meta.url)),
      what: "The folder for the reports.",
    },
  },
);
/** Of what nodes look up, in memory where nothing is wrong. */
const LEAST_RECALLED = 0.9;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const ending = new AbortController();
process.on("SIGINT", () => {
  if (ending.signal.aborted) process.exit(130);
  ending.abort();
});
process.exitCode = await main();

async function main(): Promise<number> {
  if (!hasTopology()) {
    say("unable to run; nginx, PostgreSQL and Redis are needed, and not all are here");
    return 1;
  }
  const processes = Number(values.processes);
  const needed = openFilesFor(Math.max(Number(values.clients), Number(values.storm)), processes);
  if (needed > openFilesAllowed()) {
    say(
      `unable to run; so many clients need ${needed} open files in one process, and ${openFilesAllowed()} are allowed: ` +
        "raise that (ulimit -n), or take fewer clients (--clients, --storm)",
    );
    return 1;
  }
  mkdirSync(values.report, { recursive: true });
  const disturbed = {
    clients: Number(values.clients),
    rooms: Number(values.rooms),
    perSecond: Number(values.rate),
    seconds: Number(values.seconds),
  };
  const all = Number(values.storm);
  const stormed = {
    clients: all,
    rooms: Math.ceil(all / 10),
    perSecond: 50,
    seconds: 10,
    rampPerSecond: 400,
  };
  const runs =
    values.calm !== undefined
      ? [{ name: "calm", during: undisturbed, facts: { ...disturbed, leastRecalled: LEAST_RECALLED } }]
      : [
          { name: "disturbances", during: disturb, facts: disturbed },
          { name: "storm", during: storm, facts: stormed },
        ];
  let faulty = 0;
  for (const { name, during, facts } of runs) {
    if (facts.clients === 0 || ending.signal.aborted) continue;
    if (!(await load(name, during, facts))) faulty += 1;
  }
  return Math.min(1, faulty);
}

function undisturbed(): NonNullable<LoadOptions["during"]> {
  return () => Promise.resolve();
}

type Meanwhile = (topology: Topology) => NonNullable<LoadOptions["during"]>;

function disturb(topology: Topology): NonNullable<LoadOptions["during"]> {
  return (run) => disturbAll(topology, counted(run, topology));
}

function counted(run: LoadRun, { postgres }: Topology): LoadRun {
  return values.statements !== undefined ? countingStatements(run, postgres, say) : run;
}

/** A node is killed, and all that were on it have to find another at the same moment. */
function storm(topology: Topology): NonNullable<LoadOptions["during"]> {
  const [first] = topology.nodes;
  return async (given) => {
    const run = counted(given, topology);
    await run.disturb("a node is killed for good", async () => void (await first.kill()));
    await run.reconnectAll();
  };
}

async function load(
  name: string,
  during: Meanwhile,
  facts: Pick<LoadOptions, "clients" | "rooms" | "perSecond" | "seconds" | "rampPerSecond" | "leastRecalled">,
): Promise<boolean> {
  say(`\n${name}: ${facts.clients} clients through nginx to two nodes`);
  const topology = await startTopology(values.statements !== undefined ? COUNTING : {});
  let rows = 0;
  try {
    const result = await runLoad({
      ...{ ...facts, say, url: topology.url, member: memberOf, usage: () => topology.usage() },
      ...{ processes: Number(values.processes), addresses: 500, settleSeconds: 120, signal: ending.signal },
      onRow: (row) => say(formatRow(row, rows++)),
      during: during(topology),
    });
    const file = join(values.report, `${name}.html`);
    writeFileSync(file, renderReport(result));
    say(formatResult(result));
    say(formatRecalled(await recalledBy(topology.nodes)));
    say(`report: ${pathToFileURL(resolve(file)).href}`);
    return isClean(result);
  } finally {
    topology.nodes.forEach(({ log }, index) =>
      writeFileSync(join(values.report, `${name}-node-${index + 1}.log`), log),
    );
    writeFileSync(join(values.report, `${name}-nginx.log`), topology.nginx.log);
    await topology.close();
  }
}
