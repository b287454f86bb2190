/**
 * What helpers of tests tidy up, in every file that uses them. Their module is imported once per process, and a hook it asks
 * vitest for is one of the first file only; this one is set up anew for each.
 */
import { afterAll, afterEach } from "vitest";
import { tidying } from "./tidying.ts";

afterEach(() => tidyUp("test"));
afterAll(() => tidyUp("file"));

async function tidyUp(what: "test" | "file"): Promise<void> {
  for (const tidy of [...tidying[what]].toReversed()) await tidy();
}
