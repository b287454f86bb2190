import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const LOADER = ["--conditions=source", "--import", "./scripts/typescript/register.mjs"];

it("asks for nothing that this Node does not know", async () => {
  const module = new URL("let-heap-double.ts", import.meta.url).href;
  const script = `import { letHeapDouble } from "${module}"; letHeapDouble(); console.log("done");`;
  const words = [...LOADER, "--input-type=module", "-e", script];
  // V8 complains of what it does not know, and goes on. What it gains is in the bench of delivery.
  expect(await promisify(execFile)(process.execPath, words)).toEqual({ stdout: "done\n", stderr: "" });
});
