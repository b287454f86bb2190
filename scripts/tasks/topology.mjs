/**
 * `npm run topology [-- --clients <n> --rooms <n> --rate <n> --seconds <n> --storm <n>]`: what deploy/compose.yaml
 * describes, without containers: nginx, two nodes, PostgreSQL, Redis. Clients speak while a node is killed, PostgreSQL
 * and Redis restart, and both nodes are replaced; then a node dies under 10,000 clients (`--storm 0` leaves it out).
 * Writes reports to packages/simulation/dist/topology.
 */
import { runNode, TYPESCRIPT } from "../lib/run.mjs";
import { foundServices, installServices } from "../lib/services.mjs";

/** @param {string[]} args */
export async function run(args) {
  await installServices();
  const words = [...TYPESCRIPT, "packages/simulation/src/topology/main.ts", ...args];
  const { code } = await runNode(words, { env: foundServices() });
  return code;
}
