/** Projects of strangers: what was packed, installed where nothing of the workspace is in reach. */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pnpm } from "./pnpm.mjs";

/** @typedef {Readonly<Record<string, string>>} Versions */

/**
 * Writes a project's manifest, with our packages at what was packed of them, and installs it.
 * @param {string} project
 * @param {{ dependencies: Versions, devDependencies?: Versions, overrides?: Versions }} wanted
 * @param {string[]} tarballs
 */
export function installPacked(project, { overrides, dependencies, ...rest }, tarballs) {
  const ours = Object.fromEntries(tarballs.map((file) => [nameIn(file), `file:${resolve(file)}`]));
  const versions = Object.entries(dependencies).map(([name, version]) => [name, ours[name] ?? version]);
  const manifest = {
    ...{ private: true, type: "module", ...rest },
    dependencies: Object.fromEntries(versions),
    pnpm: { overrides: { ...ours, ...overrides } }, // nobody has published them yet
  };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  return pnpm("--dir", project, "--ignore-workspace", "install", "--prefer-offline");
}

/** `tidings-core-1.2.3.tgz` is `@tidings/core`. @param {string} file */
function nameIn(file) {
  return `@tidings/${/tidings-(.+)-\d+\./.exec(file)?.[1]}`;
}
