import { fileURLToPath } from "node:url";
import { seededRandom } from "@tidings/core/testing";
import { chromiumPath } from "../../../../scripts/browser/chromium.ts";
import { commandOptions } from "../command-options.ts";
import { runChaos } from "./chaos.ts";
import { formatCounts, writeReport } from "./report.ts";
import { killTabs } from "./tab-kills.ts";

const values = commandOptions(
  "npm run chaos [-- options]: real processes and a browser, killed at random, cut off and out of room.",
  {
    minutes: { value: "1", what: "How long." },
    seconds: { what: "How long, instead." },
    sends: { what: "Nothing of that: so many messages sent by a page whose tab is killed again and again." },
    seed: { value: String(Date.now() % 1_000_000), what: "Of the faults; processes keep their own time." },
    report: {
      value: fileURLToPath(new URL("../../dist/chaos", import.meta.url)),
      what: "The folder for the report.",
    },
  },
);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const random = seededRandom(Number(values.seed));
say(`seed ${values.seed} of the faults (processes keep their own time, so a run does not repeat)`);
process.exit(await (values.sends === undefined ? wreak() : kill(Number(values.sends))));

async function wreak(): Promise<number> {
  const seconds = values.seconds === undefined ? Number(values.minutes) * 60 : Number(values.seconds);
  if (chromiumPath === undefined) say("SKIPPED: no Chromium was found, so no member is a page");
  const result = await runChaos({ seconds, random, hasPage: chromiumPath !== undefined, say });
  say(formatCounts(result));
  for (const { type, what } of result.findings.slice(0, 20)) say(`${type}: ${what}`);
  say(`report: ${writeReport(values.report, result, seconds)}`);
  return result.findings.length === 0 ? 0 : 1;
}

async function kill(messages: number): Promise<number> {
  if (chromiumPath === undefined) {
    say("unable to begin; no Chromium was found");
    return 2;
  }
  const { tabs, promised, findings } = await killTabs({ messages, random, say });
  say(`${promised} messages promised, ${tabs} tabs killed, ${findings.length} findings`);
  for (const finding of findings.slice(0, 20)) say(finding);
  return findings.length === 0 ? 0 : 1;
}
