/** What benches found, kept in a file from which the page on performance is made. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import process from "node:process";
import type { Table } from "./table.ts";

/** One bench, as it was run last. */
export interface Result {
  /** `2030-01-31` */
  readonly date: string;
  readonly machine: string;
  /** Processes that wanted a processor when it began, on average over a minute: more than there are, and it was not alone. */
  readonly load: number;
  readonly tables: readonly Table[];
}

/** Beside what was kept of other benches. */
export function keepResult(file: string, name: string, load: number, tables: readonly Table[]): void {
  const kept: Record<string, Result> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const date = new Date().toISOString().slice(0, 10);
  const result: Result = { date, machine: describeMachine(), load: Number(load.toFixed(1)), tables };
  writeFileSync(file, `${JSON.stringify({ ...kept, [name]: result }, null, 2)}\n`);
}

/** Read before a bench begins: it is a load itself. */
export function currentLoad(): number {
  return loadavg()[0] ?? Number.NaN;
}

function describeMachine(): string {
  const model = cpus()[0]?.model.replaceAll(/\s+/g, " ").trim() ?? "unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${model}, ${availableParallelism()} cores, ${memory} GiB, ${type()} ${release()}, Node ${process.versions.node}`;
}
