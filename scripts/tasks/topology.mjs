/**
 * `npm run topology [-- --help]`: what deploy/compose.yaml describes, without containers: nginx, two nodes, PostgreSQL,
 * Redis. Clients speak while a node is killed, PostgreSQL and Redis restart, and both nodes are replaced; then a node dies
 * under 10,000 clients. Writes reports to packages/simulation/dist/topology.
 */
import process from "node:process";
import { run as runCommand, TYPESCRIPT } from "../lib/run.mjs";
import { foundServices, installServices } from "../lib/services.mjs";

/** Raises the limit of open files where that is allowed; where not, main.ts says how many clients are. */
const WITH_OPEN_FILES = ["-c", 'ulimit -n 65536 2>/dev/null; exec "$@"', "sh"];

/** @param {string[]} args */
export async function run(args) {
  await installServices();
  const words = [...TYPESCRIPT, "packages/simulation/src/topology/main.ts", ...args];
  const command = [...WITH_OPEN_FILES, process.execPath, ...words];
  const { code } = await runCommand("/bin/sh", command, { env: foundServices() });
  return code;
}
