import { createReadStream } from "node:fs";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { splitLines } from "./split-lines.ts";

/** Lines that wait on disk for their turn, however many they are. */
export class Spool<Line> {
  readonly #parse: (text: string) => Line;
  #dir: string | undefined;

  /** @param parse - makes a line of its JSON again. */
  constructor(parse: (text: string) => Line) {
    this.#parse = parse;
  }

  async add(lines: readonly Line[]): Promise<void> {
    if (lines.length === 0) return;
    this.#dir ??= await mkdtemp(join(tmpdir(), "tidings-export-"));
    await appendFile(pathIn(this.#dir), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }

  /** In the order they were added in. */
  async *lines(): AsyncGenerator<Line> {
    if (this.#dir === undefined) return;
    for await (const { text } of splitLines(createReadStream(pathIn(this.#dir)))) yield this.#parse(text);
  }

  async close(): Promise<void> {
    if (this.#dir !== undefined) await rm(this.#dir, { recursive: true, force: true });
  }
}

function pathIn(dir: string): string {
  return join(dir, "lines");
}
