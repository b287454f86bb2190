import { expect, it } from "vitest";
import { tryBuilt } from "../lib/bundlers.mjs";

/** All bundlers, and packages as they are packed: `npm run check -- build pack bundlers`. */
it(
  "an app made of what is built runs bundled for browsers, imported and required",
  { timeout: 120_000 },
  async () => {
    expect(await tryBuilt()).toEqual({ code: 0, output: "" });
  },
);
