/** What is built stays as it is while nothing it is made of has changed. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** @param {string} built @param {string[]} sources files and folders */
export function isFresh(built, sources) {
  return existsSync(built) && newest(sources) <= statSync(built).mtimeMs;
}

/** @param {string[]} paths @returns {number} the latest modification below them, in ms since 1970 */
function newest(paths) {
  return Math.max(
    ...paths.map((path) => {
      const stat = statSync(path);
      if (!stat.isDirectory()) return stat.mtimeMs;
      // A folder's own time tells of a file that has gone.
      return Math.max(stat.mtimeMs, newest(readdirSync(path).map((name) => join(path, name))));
    }),
  );
}
