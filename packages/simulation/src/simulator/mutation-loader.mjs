import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import blankTypes from "ts-blank-space";

/** @type {{ name: string, file: string, from: string, to: string } | undefined} */
let mutation;

/** @param {NonNullable<typeof mutation>} given */
export function initialize(given) {
  mutation = given;
}

/**
 * @param {string} url
 * @param {unknown} context
 * @param {(url: string, context: unknown) => Promise<unknown>} next
 */
export async function load(url, context, next) {
  if (!mutation || !url.endsWith(`/packages/${mutation.file}`)) return next(url, context);
  const source = await readFile(fileURLToPath(url), "utf8");
  if (source.split(mutation.from).length !== 2)
    throw new Error(`unable to mutate "${mutation.name}"; its text is not in ${mutation.file} exactly once`);
  return {
    format: "module",
    shortCircuit: true,
    source: blankTypes(source.replace(mutation.from, () => mutation?.to ?? "")),
  };
}
