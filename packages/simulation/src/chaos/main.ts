import { fileURLToPath } from "node:url";
import { seededRandom } from "@tidings/core/testing";
import { chromiumPath } from "../../../../scripts/browser/chromium.ts";
import { commandOptions } from "../command-options.ts";
import { runChaos } from "./chaos.ts";
import { formatCounts, writeReport } from "./report.ts";

const values = commandOptions(
  "npm run chaos [-- options]: real processes and a browser, killed at random, cut off and out of room.",
  {
    minutes: { value: "1", what: "How long." },
    seconds: { what: "How long, instead." },
    seed: { value: String(Date.now() % 1_000_000), what: "Of the faults; processes keep their own time." },
    report: {
      value: fileURLToPath(new URL("../../dist/chaos", import.meta.url)),
      what: "The folder for the report.",
    },
  },
);
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
