/** pnpm at the version the workspace names, fetched by npx: nobody has to have it. */
import { readFileSync } from "node:fs";
import { run } from "./run.mjs";

/** @param {string[]} args @returns {Promise<import("./run.mjs").RunResult>} */
export function pnpm(...args) {
  // Without --prefer-offline npx first asks the registry, which takes a minute to fail where there is none.
  // CI=true: pnpm never asks a question.
  return run("npx", ["-y", "--prefer-offline", `pnpm@${version()}`, ...args], {
    quiet: true,
    env: { CI: "true" },
  });
}

/** The number stands once, in package.json, where corepack and pnpm itself look for it. */
function version() {
  const { packageManager } = JSON.parse(readFileSync("package.json", "utf8"));
  const found = /^pnpm@([\d.]+)/.exec(packageManager)?.[1];
  if (found === undefined) throw new Error("unable to run pnpm; package.json names no version of it");
  return found;
}
