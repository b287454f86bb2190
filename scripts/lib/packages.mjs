/** The packages we publish, as the checks need them. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";

/**
 * @typedef {object} PublishedPackage
 * @property {string} folder `packages/core`
 * @property {string} name
 * @property {string[]} doors source files of its `exports`, from the root of the workspace
 * @property {Map<string, string>} imports what a reader writes to import each of them, by the file
 */

/** @returns {PublishedPackage[]} those whose first door exists; `core` first, since the others are built against it. */
export function publishedPackages() {
  const found = readdirSync("packages").flatMap((name) => {
    const folder = `packages/${name}`;
    if (!existsSync(`${folder}/package.json`)) return [];
    const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const imports = new Map();
    for (const [subpath, source] of sources(manifest.exports ?? {})) {
      const file = join(folder, source);
      if (existsSync(file)) imports.set(file, posix.join(manifest.name, subpath));
    }
    const doors = [...imports.keys()];
    return manifest.private || doors.length === 0 ? [] : [{ folder, name: manifest.name, doors, imports }];
  });
  return found.sort((a, b) => Number(b.name === "@tidings/core") - Number(a.name === "@tidings/core"));
}

/** @param {Record<string, { source?: string }>} exports @returns {[subpath: string, source: string][]} */
function sources(exports) {
  return Object.entries(exports).flatMap(([subpath, { source }]) =>
    source === undefined ? [] : [[subpath, source]],
  );
}
