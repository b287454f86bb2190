import type { Row } from "../measure/row.ts";
import { shareOf } from "../measure/recalled.ts";
import { hasRecalledEnough, isClean, type LoadResult } from "../result.ts";
import { escape } from "./escape.ts";
import { type Mark, plot, type Series } from "./plot.ts";
import { style } from "./style.ts";
import { ms, percent } from "./text.ts";

const MOST_COMPLAINTS = 200;

/** A run as one HTML page that needs nothing beside it. */
export function renderReport(result: LoadResult): string {
  const { load, rows, rampSeconds } = result;
  const marks = result.disturbances.map(({ at, name }) => ({ x: at, name }));
  const what =
    `${count(load.clients)} clients in ${count(load.rooms)} conversations said ${count(load.perSecond)} messages of ` +
    `${load.bytes} characters per second to ${load.url}. They were online ${rampSeconds.toFixed(1)} s after the first.`;
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Load of ${escape(load.url)}</title><style>${style}</style>
<h1>${isClean(result) ? "Nothing lost, doubled or out of order" : "Something was lost, doubled, out of order or unanswered, or somebody did not get in"}</h1>
<p>${escape(what)}</p>
<div class="tiles five">${faults(result)}</div>
<div class="tiles">${figures(result)}</div>
${complaints(result)}
${disturbances(result)}
<h2>Second by second</h2>
${plots(rows, marks).join("\n")}
</html>
`;
}

function faults({ verdict }: LoadResult): string {
  const counts: Readonly<Record<string, number>> = {
    lost: verdict.faults.lost,
    duplicated: verdict.faults.duplicated,
    reordered: verdict.faults.reordered + verdict.faults.disorder,
    skipped: verdict.faults.skipped,
    unanswered: verdict.faults.unanswered,
  };
  const tiles = Object.entries(counts).map(([name, value]) =>
    tile(name, count(value), value === 0 ? "good" : "bad"),
  );
  return tiles.join("");
}

function figures(result: LoadResult): string {
  const { deliveryMs, ackMs } = result;
  const refused = Object.values(result.refused).reduce((sum, each) => sum + each, 0);
  return [
    tile("said", count(result.said)),
    tile("accepted", count(result.accepted)),
    tile("refused", count(refused), refused === 0 ? "" : "bad"),
    tile("delivered", count(result.delivered)),
    tile("delivery, p50", `${ms(deliveryMs.p50)} ms`),
    tile("delivery, p99", `${ms(deliveryMs.p99)} ms`),
    tile("answer, p50", `${ms(ackMs.p50)} ms`),
    tile("answer, p99", `${ms(ackMs.p99)} ms`),
    ...recalled(result),
  ].join("");
}

function recalled(result: LoadResult): readonly string[] {
  const share = shareOf(result.recalled);
  if (share === undefined && result.load.leastRecalled === 0) return [];
  return [tile("answered from memory", percent(share ?? 0), hasRecalledEnough(result) ? "" : "bad")];
}

function tile(name: string, value: string, kind = ""): string {
  return `<div class="tile ${kind}"><b>${value}</b><span>${name}</span></div>`;
}

function complaints({ verdict }: LoadResult): string {
  if (verdict.complaints.length === 0) return "";
  const lines = verdict.complaints.slice(0, MOST_COMPLAINTS).map(escape).join("\n");
  return `<h2>What was wrong</h2><pre>${lines}</pre>`;
}

function disturbances({ disturbances: all }: LoadResult): string {
  if (all.length === 0) return "";
  const rows = all.map(
    (
      { name, at, recoverySeconds, actionSeconds, attempts: { first, second, later, failedAgain } },
      index,
    ) => {
      const cells = [
        `${index + 1}`,
        escape(name),
        `${at.toFixed(0)} s`,
        `${actionSeconds.toFixed(1)} s`,
        recoverySeconds === undefined ? "never" : `${recoverySeconds.toFixed(1)} s`,
        ...[first, second, later, failedAgain].map(count),
      ];
      return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
    },
  );
  const heads = ["", "what was done", "at", "took", "recovered after", "back at 1st attempt"];
  heads.push("2nd", "later", "failed at a 2nd try");
  return `<h2>What was done to it</h2><div class="wide"><table><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr>${rows.join("")}</table></div>`;
}

function plots(rows: readonly Row[], marks: readonly Mark[]): string[] {
  const series = (name: string, pick: (row: Row) => number | undefined): Series => ({
    name,
    points: rows.map((row) => ({ x: row.at, y: pick(row) })),
  });
  const servers = [...new Set(rows.flatMap((row) => row.servers.map(({ name }) => name)))];
  const ofServers = (pick: (use: Row["servers"][number]) => number): Series[] =>
    servers.map((server) =>
      series(server, (row) => row.servers.filter(({ name }) => name === server).map(pick)[0]),
    );
  const latency = [
    series("p50", ({ p50 }) => p50),
    series("p95", ({ p95 }) => p95),
    series("p99", ({ p99 }) => p99),
  ];
  const commands = [series("said", ({ said }) => said), series("accepted", ({ accepted }) => accepted)];
  const people = [
    series("online", ({ online }) => online),
    series("messages waiting", ({ waiting }) => waiting),
  ];
  const all = [
    {
      title: "Delivery",
      unit: "ms, each line ten times the one below",
      series: latency,
      isLogarithmic: true,
    },
    { title: "Messages", unit: "per second", series: commands },
    { title: "Deliveries", unit: "per second", series: [series("delivered", ({ delivered }) => delivered)] },
    { title: "Clients", unit: "", series: people },
    ...(servers.length > 0
      ? [
          { title: "Processor", unit: "% of one", series: ofServers(({ cpu }) => cpu) },
          { title: "Memory", unit: "MB", series: ofServers(({ memoryBytes }) => memoryBytes / 1_000_000) },
        ]
      : []),
  ];
  return all.map((options) => plot({ ...options, marks }));
}

function count(value: number): string {
  return value.toLocaleString("en");
}
