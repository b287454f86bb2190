/** A newcomer: an empty folder, what was packed, and the first example of README.md. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPacked } from "./packed.mjs";
import { runNode } from "./run.mjs";
import { seconds } from "./steps.mjs";

/**
 * Types the example as it stands there, and sees its message delivered to a backend that needs no network.
 * @param {string[]} tarballs @returns {Promise<import("./steps.mjs").StepResult>}
 */
export async function tryNewcomer(tarballs) {
  const project = mkdtempSync(join(tmpdir(), "tidings-newcomer-"));
  const started = performance.now();
  try {
    const [, example = ""] = /^```ts\n([\s\S]*?)^```$/m.exec(readFileSync("README.md", "utf8")) ?? [];
    writeFileSync(join(project, "hello.mjs"), example);
    const core = { dependencies: { "@tidings/core": "*" } };
    const installed = await installPacked(project, core, tarballs);
    if (installed.code !== 0) return installed;
    const { code, output } = await runNode(["hello.mjs"], { cwd: project, quiet: true });
    const states = [...new Set([...output.matchAll(/status: '(\w+)'/g)].map(([, state]) => state))].join();
    const beside = ["errors.md", "guides.md"].map((name) =>
      join(project, "node_modules/@tidings/core/dist", name),
    );
    const missing = beside.filter((file) => !existsSync(file));
    if (missing.length > 0)
      return { code: 1, output: `unable to find ${missing.join(", ")}; errors point there` };
    const isDelivered = code === 0 && states === "queued,sending,sent" && output.includes("Hello");
    const lines = example.match(/^.*\S/gm)?.length;
    const note = `  ${lines} lines of code, ${seconds(started)} from the empty folder to the first message`;
    return isDelivered ? { code: 0, output: "", note } : { code: 1, output: `said ${output}` };
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}
