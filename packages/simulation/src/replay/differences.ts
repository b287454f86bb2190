import type { ClientState, RecordedEntry } from "@tidings/core/inspect";

/** A life: how the machines moved, and how all stood in the end. */
export interface Life {
  readonly entries: readonly RecordedEntry[];
  readonly state: ClientState;
}

/** Told of each kind: the first say what is wrong, the rest follows from them. */
const MOST = 20;

/** What differs, in words; nothing if there is nothing. */
export function differencesOf(there: Life, here: Life): readonly string[] {
  const ends = differing(plain(there.state), plain(here.state), "");
  const moves = differentMoves(there.entries, here.entries);
  return [...ends.slice(0, MOST), ...moves.slice(0, MOST)];
}

/** As JSON has it: what is undefined is not there. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function differing(there: unknown, here: unknown, path: string): string[] {
  if (typeof there !== "object" || typeof here !== "object" || there === null || here === null)
    return there === here ? [] : [`${path}: ${shown(there)} was recorded, ${shown(here)} replayed`];
  const [was, is]: [Record<string, unknown>, Record<string, unknown>] = [Object(there), Object(here)];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
    differing(was[key], is[key], path === "" ? key : `${path}.${key}`),
  );
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

/** One path per machine: `online, waiting, connecting …`. Two that moved alike have the same. */
function differentMoves(there: readonly RecordedEntry[], here: readonly RecordedEntry[]): readonly string[] {
  const [was, is] = [pathsOf(there), pathsOf(here)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((machine) => {
    const [before, after] = [was.get(machine) ?? "nothing", is.get(machine) ?? "nothing"];
    return before === after ? [] : [`${machine} went ${before}; in the replay ${after}`];
  });
}

function pathsOf(entries: readonly RecordedEntry[]): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  const add = (machine: string, step: string): void => {
    const path = paths.get(machine);
    paths.set(machine, path === undefined ? step : `${path}, ${step}`);
  };
  for (const entry of entries) {
    const code = "code" in entry && entry.code !== undefined ? ` (${entry.code})` : "";
    if (entry.type === "connection") add("the connection", `${entry.name}${code}`);
    if (entry.type === "delivery") add(`command ${entry.commandId}`, `${entry.status}${code}`);
  }
  return paths;
}
