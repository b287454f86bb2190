/** The tests of what people ship, on the Node that is next for them, whatever this one is. */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { installPacked } from "./packed.mjs";
import { run } from "./run.mjs";
import { foundServices } from "./services.mjs";

const PROJECT = "node_modules/.cache/tidings/node-24";

/** Node as a package, for this machine. */
const NODE = `node-${process.platform}-${process.arch}`;
const VERSION = "24.21.0";

/** What runs in apps and servers; whole systems are tried by `npm test` on the Node it is started with. */
const TESTS = ["core/src", "core/test", "storage", "transport-ws/src", "react/test", "server/src"];

/** @returns {Promise<import("./steps.mjs").StepResult>} */
export async function tryNode24() {
  mkdirSync(PROJECT, { recursive: true });
  const installed = await installPacked(PROJECT, { dependencies: { [NODE]: VERSION } }, []);
  if (installed.code !== 0) return installed;
  const node = resolve(PROJECT, "node_modules", NODE, "bin/node");
  const args = ["node_modules/vitest/vitest.mjs", "run", ...TESTS.map((name) => join("packages", name))];
  const { code, output } = await run(node, args, { quiet: true, env: { ...foundServices(), NO_COLOR: "1" } });
  const [said = ""] = /^ *Tests .*$/m.exec(output) ?? [];
  return { code, output, note: `  on Node ${VERSION}: ${said.trim()}` };
}
