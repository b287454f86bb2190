import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEvery } from "../../../../scripts/testing/tidying.ts";

const made: string[] = [];

afterEvery("file", () => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A path in a new folder, removed after the tests of the file. */
export function temporaryFile(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "tidings-"));
  made.push(folder);
  return join(folder, name);
}
