import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { seededRandom } from "@tidings/core/testing";
import { chromiumPath } from "../../../../scripts/browser/chromium.ts";
import { runChaos } from "./chaos.ts";
import { formatCounts, writeReport } from "./report.ts";

/** `npm run chaos`; see `scripts/tasks/chaos.mjs`. */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    seconds: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    report: { type: "string", default: fileURLToPath(new URL("../../dist/chaos", import.meta.url)) },
  },
});
const seconds = values.seconds === undefined ? Number(values.minutes) * 60 : Number(values.seconds);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (chromiumPath === undefined) say("SKIPPED: no Chromium was found, so no member is a page");
say(`seed ${values.seed} of the faults (processes keep their own time, so a run does not repeat)`);
const random = seededRandom(Number(values.seed));
const result = await runChaos({ seconds, random, hasPage: chromiumPath !== undefined, say });
say(formatCounts(result));
for (const { type, what } of result.findings.slice(0, 20)) say(`${type}: ${what}`);
say(`report: ${writeReport(values.report, result, seconds)}`);
process.exit(result.findings.length === 0 ? 0 : 1);
