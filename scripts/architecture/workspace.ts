/** The workspace as the rules see it: packages with their doors, and the text of every file. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";

export interface Package {
  /** `packages/core`, relative to the root, as are all paths here, with `/`. */
  readonly folder: string;
  readonly name: string;
  /** From what other packages write to the file that answers: `@tidings/core/memory` → `packages/core/src/memory/index.ts`. */
  readonly doors: ReadonlyMap<string, string>;
  readonly isPrivate: boolean;
}

export interface Workspace {
  readonly packages: readonly Package[];
  /** Path → text. */
  readonly files: ReadonlyMap<string, string>;
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | { readonly source?: string }>>;
}

const SOURCE = /(?<!\.d)\.(ts|tsx|js|mjs)$/;

export function readWorkspace(root: string): Workspace {
  const packages = ["packages", "examples"]
    .flatMap((parent) => folders(root, parent))
    .filter((folder) => existsSync(join(root, folder, "package.json")))
    .map((folder) => readPackage(root, folder));
  const paths = packages.flatMap(({ folder }) => sourcesBelow(root, folder));
  return { packages, files: new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")])) };
}

function readPackage(root: string, folder: string): Package {
  const manifest: Manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const doors = Object.entries(manifest.exports ?? {}).flatMap(([subpath, door]): [string, string][] =>
    typeof door === "object" && door.source !== undefined
      ? [[posix.join(manifest.name, subpath), posix.join(folder, door.source)]]
      : [],
  );
  return { folder, name: manifest.name, doors: new Map(doors), isPrivate: manifest.private === true };
}

function folders(root: string, parent: string): string[] {
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
}

function sourcesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules" || entry.name === "dist") return [];
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sourcesBelow(root, path);
    return SOURCE.test(entry.name) ? [path] : [];
  });
}

/** Tests may look at anything in their package; what they import is not shipped. */
export function isTest(path: string): boolean {
  return /\.test(-d)?\.tsx?$/.test(path) || /^(packages|examples)\/[^/]+\/(test|bench)\//.test(path);
}
