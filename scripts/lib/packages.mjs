/** The packages we publish, as the checks need them. */
import { existsSync, readFileSync, readdirSync } from "node:fs";

/**
 * @typedef {object} PublishedPackage
 * @property {string} folder `packages/core`
 * @property {string} name
 * @property {string[]} doors source files of its `exports`, from the root of the workspace
 */

/** @returns {PublishedPackage[]} those whose first door exists; `core` first, since the others are built against it. */
export function publishedPackages() {
  const found = readdirSync("packages").flatMap((name) => {
    const folder = `packages/${name}`;
    if (!existsSync(`${folder}/package.json`)) return [];
    const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const doors = sources(manifest.exports ?? {})
      .map((source) => `${folder}/${source.replace("./", "")}`)
      .filter((file) => existsSync(file));
    return manifest.private || doors.length === 0 ? [] : [{ folder, name: manifest.name, doors }];
  });
  return found.sort((a, b) => Number(b.name === "@tidings/core") - Number(a.name === "@tidings/core"));
}

/** @param {Record<string, { source?: string }>} exports @returns {string[]} */
function sources(exports) {
  return Object.values(exports).flatMap(({ source }) => (source === undefined ? [] : [source]));
}
