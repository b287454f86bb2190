import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../node_modules/.cache/tidings-typescript/", import.meta.url));
/** What is remembered of another version is not asked for. */
const { version } = createRequire(import.meta.url)("ts-blank-space/package.json");
mkdirSync(folder, { recursive: true });

/**
 * @param {string} url
 * @param {unknown} context
 * @param {(url: string, context: unknown) => Promise<unknown>} next
 */
export async function load(url, context, next) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
  const source = readFileSync(new URL(url), "utf8");
  const file = folder + createHash("sha256").update(version).update(source).digest("hex");
  const code = remembered(file) ?? (await blankTypes(source, file));
  return { format: "module", shortCircuit: true, source: `${code}\n//# sourceURL=${url}` };
}

/** @param {string} file */
function remembered(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * @param {string} source
 * @param {string} file where it is remembered: whole, whoever else writes it at the same time
 */
async function blankTypes(source, file) {
  const { default: blank } = await import("ts-blank-space");
  const code = blank(source);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, code);
  renameSync(draft, file);
  return code;
}
