/**
 * `npm run chaos [-- --seeds <n> | --seed <n>] [<filters and vitest options>]`: the tests of packages/simulation in their
 * long form, with seeds 1 to n (100 if nothing is said), or with one seed that failed before.
 */
import { runNode } from "../lib/run.mjs";

const EVERYTHING = "packages/simulation/test/";

/** @param {string[]} args */
export async function run(args) {
  const { env, rest } = readSeeds(args);
  if (!/^[1-9]\d*$/.test(Object.values(env).join())) {
    console.error("usage: npm run chaos [-- --seeds <n> | --seed <n>] [<filters>]");
    return 2;
  }
  const reporters = ["--reporter=default", "--reporter=./scripts/vitest-summary.ts"];
  const filters = rest.length > 0 ? rest : [EVERYTHING];
  const { code } = await runNode(["node_modules/vitest/vitest.mjs", "run", ...reporters, ...filters], {
    env,
  });
  return code;
}

/**
 * @param {string[]} args
 * @returns {{ env: Record<string, string>, rest: string[] }}
 */
function readSeeds(args) {
  const variables = { "--seeds": "TIDINGS_SEEDS", "--seed": "TIDINGS_SEED" };
  for (const [flag, variable] of Object.entries(variables)) {
    const at = args.indexOf(flag);
    if (at >= 0) return { env: { [variable]: args[at + 1] ?? "" }, rest: args.toSpliced(at, 2) };
  }
  return { env: { TIDINGS_SEEDS: "100" }, rest: args };
}
