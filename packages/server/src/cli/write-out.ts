import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

/** Writes to `<out>.part`, which becomes `<out>` once all of it is on disk; whatever ends it, nothing half is left. */
export async function writeOut(
  text: AsyncIterable<string>,
  out: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (out === undefined) return pipeline(text, process.stdout, { signal, end: false });
  const part = `${out}.part`;
  try {
    // As little for others as the database itself, whatever was left, or put, in its place.
    await rm(part, { force: true });
    await pipeline(text, createWriteStream(part, { flush: true, flags: "wx", mode: 0o600 }), { signal });
    await rename(part, out);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
