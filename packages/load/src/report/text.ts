import type { Row } from "../measure/row.ts";
import type { Disturbance } from "../options.ts";
import { shareOf } from "../measure/recalled.ts";
import { hasRecalledEnough, type LoadResult } from "../result.ts";

const COLUMNS = [
  "time",
  "online",
  "said/s",
  "delivered/s",
  "p50",
  "p95",
  "p99",
  "behind",
  "refused",
  "cpu",
  "memory",
];
const WIDTHS = [6, 7, 8, 12, 8, 8, 8, 8, 8, 7, 8];
const MOST_COMPLAINTS = 20;
/** The headings come again after so many lines. */
const EVERY = 20;

/** A line of the live table, with the headings where they are due. */
export function formatRow(row: Row, index: number): string {
  const { at, online, said, delivered, p50, p95, p99, behindMs, refused, servers } = row;
  const cells = [
    `${Math.round(at)} s`,
    `${online}`,
    `${said}`,
    `${delivered}`,
    ...[p50, p95, p99].map(ms),
    behindMs < 1_000 ? "" : `${(behindMs / 1_000).toFixed(1)} s`,
    refused === 0 ? "" : `${refused}`,
    servers.length === 0 ? "" : `${Math.round(sum(servers.map(({ cpu }) => cpu)))} %`,
    servers.length === 0 ? "" : megabytes(sum(servers.map(({ memoryBytes }) => memoryBytes))),
  ];
  return index % EVERY === 0 ? `${line(COLUMNS)}\n${line(cells)}` : line(cells);
}

/** What came of it, for a terminal. */
export function formatResult(result: LoadResult): string {
  const { said, accepted, delivered, refused, verdict, deliveryMs, ackMs, disturbances } = result;
  const { lost, duplicated, reordered, disorder, skipped, unanswered } = verdict.faults;
  const refusals = Object.entries(refused).map(([code, count]) => `${count} ${code}`);
  return [
    `said ${said}, accepted ${accepted}, delivered ${delivered}, refused ${refusals.join(", ") || "0"}`,
    `delivery p50 ${ms(deliveryMs.p50)}, p95 ${ms(deliveryMs.p95)}, p99 ${ms(deliveryMs.p99)}; answer p50 ${ms(ackMs.p50)}, p99 ${ms(ackMs.p99)} (ms)`,
    ...disturbances.map(formatDisturbance),
    ...formatRecalled(result),
    ...verdict.complaints.slice(0, MOST_COMPLAINTS),
    `lost ${lost}, duplicated ${duplicated}, reordered ${reordered + disorder}, skipped ${skipped}, unanswered ${unanswered}`,
  ].join("\n");
}

/** How something that was done to the server was got over. */
export function formatDisturbance({ name, recoverySeconds, attempts }: Disturbance): string {
  const { first, second, later, failedAgain } = attempts;
  const when =
    recoverySeconds === undefined ? "not got over" : `recovered after ${recoverySeconds.toFixed(1)} s`;
  if (first + second + later === 0) return `${name}: ${when}`;
  const back = `back at the first attempt ${first}, at the second ${second}, later ${later}`;
  return `${name}: ${when}; ${back}; handshakes that failed at a second try: ${failedAgain}`;
}

function formatRecalled(result: LoadResult): readonly string[] {
  const { recalled, load } = result;
  const share = shareOf(recalled);
  if (share === undefined && load.leastRecalled === 0) return [];
  const verdict = hasRecalledEnough(result) ? "" : `; at least ${percent(load.leastRecalled)} were to be`;
  return [`answered from memory: ${percent(share ?? 0)} of ${recalled.hits + recalled.misses}${verdict}`];
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

export function ms(value: number | undefined): string {
  if (value === undefined) return "–";
  return value < 10 ? value.toFixed(1) : `${Math.round(value)}`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}

function line(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padStart(WIDTHS[index] ?? 0)).join(" ");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
