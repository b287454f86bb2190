/** Checks that what a page tells a reader to type exists. */
import type { Block } from "./blocks.ts";

/** What there is to call. */
export interface Commands {
  readonly scripts: readonly string[];
  /** Names of packages one can install. */
  readonly packages: readonly string[];
  readonly programs: readonly string[];
}

const SHELLS = new Set(["sh", "bash", "shell", "console"]);

/** @returns one line per mistake: `README.md:12 npm has no script "dmeo"`. */
export function checkCommands(blocks: readonly Block[], commands: Commands): readonly string[] {
  return blocks
    .filter(({ language }) => SHELLS.has(language))
    .flatMap(({ page, line, code }) =>
      code
        .split("\n")
        .flatMap((text, index) =>
          mistakes(text, commands).map((each) => `${page}:${line + 1 + index} ${each}`),
        ),
    );
}

function mistakes(text: string, { scripts, packages, programs }: Commands): string[] {
  const called = [...all(text, /\bnpm run ([\w:-]+)/g), ...all(text, /\bnpm (test|start)\b/g)];
  const installed = all(text, /(@tidings\/[\w-]+)/g);
  const started = all(text, /\bnpx (tidings-[\w-]+)/g);
  return [
    ...called.filter((name) => !scripts.includes(name)).map((name) => `npm has no script "${name}"`),
    ...installed.filter((name) => !packages.includes(name)).map((name) => `there is no package "${name}"`),
    ...started.filter((name) => !programs.includes(name)).map((name) => `there is no program "${name}"`),
  ];
}

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = ""]) => name);
}
