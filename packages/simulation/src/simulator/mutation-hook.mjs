/**
 * Loaded into a worker with `--import`: gives the one source file that the mutation named by `TIDINGS_MUTATION` is about
 * its deliberate defect, before the types are blanked out. Fails if the text to replace is not there exactly once.
 */
import { register } from "node:module";
import process from "node:process";
import { mutations } from "./mutations.ts";

const name = process.env["TIDINGS_MUTATION"];
const mutation = mutations.find((each) => each.name === name);
if (!mutation) throw new Error(`unable to mutate; there is no mutation "${name}"`);
register("./mutation-loader.mjs", import.meta.url, { data: mutation });
