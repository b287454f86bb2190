import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { parseRecording } from "@tidings/core/inspect";
import { replay } from "./replay.ts";
import { storyOf } from "./story.ts";

const usage = `usage: npm run replay -- <file> [--all]

Prints what happened in a recording (recorder.export() of a client made by createInspectedClient), lets the shipped
client live through it again on simulated time, and says where that ends, or goes, another way.

  --all    also timers, storage and pings
  --help   show this`;

process.exitCode = await main();

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        all: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const [file] = positionals;
    if (values.help || file === undefined) {
      say(usage);
      return values.help ? 0 : 2;
    }
    return await tell(file, values.all);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

async function tell(file: string, isWhole: boolean): Promise<number> {
  const recording = parseRecording(await readFile(file, "utf8"));
  say(storyOf(recording, { isWhole }));
  const { differences } = await replay(recording);
  if (differences.length === 0) say("\nReplayed: to the same state, the same way.");
  else say(["", "Replayed, and it is not the same:", ...differences].join("\n"));
  return differences.length === 0 ? 0 : 1;
}
