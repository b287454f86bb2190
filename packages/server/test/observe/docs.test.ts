import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { logEvents } from "../../src/log-events.ts";
import { counters, distributions, gauges, tallies } from "../../src/observe/metrics.ts";

const page = readFileSync(new URL("../../../../docs/guides/operations.md", import.meta.url), "utf8");

/** The rows of the tables under a heading, without their heads. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const lines = (section.split("\n## ")[0] ?? "").split("\n");
  return lines
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split(/(?<!\\)\|/u).map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1))
    .filter(
      ([, second = ""], index, all) => !/^-+$/u.test(second) && !/^-+$/u.test(all[index + 1]?.[1] ?? ""),
    );
}

const quoted = (name: string): string => `\`${name}\``;

describe("the guide to operating a server", () => {
  it("lists every metric, as it is", () => {
    const kinds = { counter: { ...counters, ...tallies }, histogram: distributions, gauge: gauges };
    const expected = Object.entries(kinds).flatMap(([kind, metrics]) =>
      Object.values(metrics).map(({ name, label, help }) => [
        quoted(name),
        kind,
        label === undefined ? "" : quoted(label),
        help,
      ]),
    );
    expect(rowsUnder("Metrics").filter((row) => row.length === 4)).toEqual(expected);
  });

  it("lists every event of the log, as it is", () => {
    const expected = Object.entries(logEvents).map(([event, { level, fields, means }]) => [
      quoted(event),
      level,
      fields.map(quoted).join(", "),
      means,
    ]);
    expect(rowsUnder("Logs")).toEqual(expected);
  });

  it("lists every alert, with its level and how long it waits", () => {
    const rules = readFileSync(new URL("../../../../deploy/prometheus/alerts.yml", import.meta.url), "utf8");
    const expected = rules
      .split("- alert: ")
      .slice(1)
      .map((rule) => {
        const [, minutes] = /for: (\d+)m/u.exec(rule) ?? [];
        const [, level] = /severity: (\w+)/u.exec(rule) ?? [];
        return [quoted(rule.split("\n")[0] ?? ""), level, minutes === undefined ? "" : `${minutes} min`];
      });
    expect(rowsUnder("Alerts").map((row) => row.slice(0, 3))).toEqual(expected);
  });
});
