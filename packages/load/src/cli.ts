#!/usr/bin/env node
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Invocation, Misused, readArguments } from "./cli/arguments.ts";
import { help } from "./cli/help.ts";
import { runLoad } from "./load.ts";
import { pause } from "./pause.ts";
import type { LoadRun } from "./options.ts";
import { renderReport } from "./report/report.ts";
import { formatResult, formatRow } from "./report/text.ts";
import { isClean } from "./result.ts";

async function main(): Promise<number> {
  try {
    const invocation = await readArguments(process.argv.slice(2), process.env);
    if (invocation.command === "load") return await load(invocation);
    process.stdout.write(help);
    return 0;
  } catch (error) {
    process.stderr.write(`unable to load; ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof Misused ? 2 : 1;
  }
}

async function load({
  load: options,
  report,
  stormAt,
}: Extract<Invocation, { command: "load" }>): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const ending = new AbortController();
  process.on("SIGINT", () => {
    if (ending.signal.aborted) process.exit(130); // asked twice: no more patience
    say("ending; Ctrl-C again ends at once");
    ending.abort();
  });
  let rows = 0;
  const result = await runLoad({
    ...{ ...options, say, signal: ending.signal },
    onRow: (row) => say(formatRow(row, rows++)),
    during: stormAt === undefined ? undefined : (run) => storm(run, stormAt, ending.signal),
  });
  writeFileSync(report, renderReport(result));
  say(formatResult(result));
  say(`report: ${pathToFileURL(resolve(report)).href}`);
  return isClean(result) ? 0 : 1;
}

async function storm(run: LoadRun, at: number, signal: AbortSignal): Promise<void> {
  await pause(at * 1_000, signal);
  if (!signal.aborted) await run.reconnectAll();
}

process.exit(await main());
