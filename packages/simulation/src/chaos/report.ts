import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ChaosResult } from "./chaos.ts";

/** Counts of a run, one per line. */
export function formatCounts({ chronicle, findings, letters }: ChaosResult): string {
  const { promised, refused, faults, deeds } = chronicle.counts();
  const number = (...names: readonly string[]): number =>
    names.reduce((sum, name) => sum + (faults[name] ?? 0), 0);
  const of = (type: string): number => findings.filter((finding) => finding.type === type).length;
  return [
    `messages ${promised}`,
    `files ${letters}`,
    `deeds ${Object.values(deeds).reduce((sum, each) => sum + each, 0)} (${listed(deeds)})`,
    `refused (disk full) ${refused}`,
    `kills ${number("kill member", "kill server", "kill browser", "crash page")} (${number("kill server")} of the server, ${number("kill browser")} of the browser, ${number("crash page")} of its page)`,
    `cuts ${number("cut", "cut in mid-frame", "black hole")} (${number("cut in mid-frame")} in mid-frame)`,
    `quotas filled ${number("fill quota")}`,
    `duplicates ${of("doubled")}`,
    `lost ${of("lost")}`,
    `resurrected ${of("resurrected")}`,
    `other findings ${findings.length - of("doubled") - of("lost") - of("resurrected")}`,
  ].join("\n");
}

function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}

/** Writes `report.md` and `throughput.svg`; answers the report's path. */
export function writeReport(folder: string, result: ChaosResult, seconds: number): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "throughput.svg"), plot(result));
  const findings = result.findings.map(({ type, what }) => `- ${type}: ${what}`).join("\n");
  const path = join(folder, "report.md");
  const counts = formatCounts(result).split("\n").join("  \n");
  writeFileSync(
    path,
    `# Chaos, ${seconds} s\n\n${counts}\n\n![Messages per second, and faults](throughput.svg)\n\n${findings || "Nothing was wrong."}\n`,
  );
  return path;
}

const WIDTH = 900;
const HEIGHT = 260;
const MARGIN = 40;
const colours: Readonly<Record<string, string>> = {
  "kill member": "#c92a2a",
  "crash page": "#c92a2a",
  "kill browser": "#c92a2a",
  "kill server": "#5f3dc4",
  "fill quota": "#e67700",
};

/** Messages promised per second as a line, faults as ticks below it. */
function plot({ chronicle: { promisedPerSecond, faultTimes } }: ChaosResult): string {
  const seconds = Math.max(1, promisedPerSecond.length - 1);
  const most = Math.max(1, ...promisedPerSecond);
  const x = (second: number): string => (MARGIN + (second / seconds) * (WIDTH - 2 * MARGIN)).toFixed(1);
  const y = (count: number): string =>
    (HEIGHT - 2 * MARGIN - (count / most) * (HEIGHT - 3 * MARGIN)).toFixed(1);
  const line = promisedPerSecond.map((count, second) => `${x(second)},${y(count)}`).join(" ");
  const ticks = faultTimes
    .filter(({ name }) => name !== "heal")
    .map(({ second, name }) => {
      const at = x(Math.min(second, seconds));
      return `<line x1="${at}" x2="${at}" y1="${HEIGHT - 70}" y2="${HEIGHT - 50}" stroke="${colours[name] ?? "#868e96"}"><title>${name}</title></line>`;
    });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<text x="${MARGIN}" y="20">messages per second (up to ${most}); below: kills of members red, of the server violet, full disks orange, cuts grey</text>`,
    `<polyline points="${line}" fill="none" stroke="#1c7ed6" stroke-width="1.5"/>`,
    ...ticks,
    `<text x="${MARGIN}" y="${HEIGHT - 20}">0 s</text>`,
    `<text x="${WIDTH - MARGIN}" y="${HEIGHT - 20}" text-anchor="end">${seconds} s</text>`,
    "</svg>\n",
  ].join("\n");
}
