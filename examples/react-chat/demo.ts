/** `npm run demo`: a server, the chat app for two people and a scripted third, and a first message. See `--help`. */
import process from "node:process";
import { driveFirstMessage } from "./demo/first-message.ts";
import { people } from "./demo/history.ts";
import { type DemoOptions, parseOptions, usage } from "./demo/options.ts";
import { type Demo, startDemo } from "./demo/start-demo.ts";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === "help") console.log(usage);
    else await run(options);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    if (isPortTaken(error)) console.error("the port is taken; choose another one with --port");
    return 1;
  }
}

async function run({ port, once }: DemoOptions): Promise<void> {
  const demo = await startDemo({ port, hasAlan: !once });
  const interrupted = interruption();
  try {
    console.log(`\nThe server listens on ${demo.url}`);
    console.log(`Its database is in ${demo.folder}, with ${demo.seeded} messages to scroll through\n`);
    await showFirstMessage(demo);
    if (once) return;
    console.log("\nOpen the chat, best in two windows side by side:\n");
    for (const userId of people.slice(0, 2))
      console.log(`  ${userId.padEnd(6)} ${await demo.linkOf(userId)}`);
    console.log("\nAlone? Write to Alan: he reads, types, answers and reacts by himself.");
    console.log(`The same without a framework: ${await demo.linkOf("ada", "/vanilla/")}`);
    console.log("\nCtrl-C ends the demo.");
    await interrupted;
    console.log("\nStopping …");
  } finally {
    await demo.close();
    console.log("The server has stopped, its folder is removed.");
  }
}

async function showFirstMessage(demo: Demo): Promise<void> {
  const [sender, receiver] = people;
  console.log(`A first message, from ${sender} to ${receiver}:\n`);
  await driveFirstMessage(demo, (atMs, what, remark) => {
    console.log(`${atMs.toFixed(1).padStart(8)} ms  ${what.padEnd(10)} ${remark}`);
  });
}

/** Resolves at Ctrl-C, or when someone asks the process to end. It may be asked twice, by terminal and by npm. */
function interruption(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
}

function isPortTaken(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
}
