/**
 * What the tests use beside npm packages. Found: used. Missing, and we are root on Debian or Ubuntu: installed.
 * Otherwise one line says what is left out, and the tests that need it skip themselves.
 */
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { run } from "./run.mjs";
import { step } from "./steps.mjs";

/**
 * @typedef {object} Service
 * @property {string} name
 * @property {string} variable tests read the path here; a caller may set it to a copy of their own
 * @property {string[]} paths where it may be
 * @property {string} debianPackage
 * @property {string} leftOut what a run without it does not show
 */

/** @type {Service[]} */
const SERVICES = [
  {
    name: "Chromium",
    variable: "TIDINGS_CHROMIUM",
    paths: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"],
    debianPackage: "chromium",
    leftOut: "the tests in a real browser",
  },
];

/**
 * Makes the services available and returns the environment that names them.
 * @param {{ mayInstall: boolean }} options @returns {Promise<Record<string, string>>}
 */
export async function provideServices({ mayInstall }) {
  /** @type {Record<string, string>} */
  const environment = {};
  for (const service of SERVICES) {
    const path = find(service) ?? (mayInstall && (await installService(service)) ? find(service) : undefined);
    if (path !== undefined) environment[service.variable] = path;
    else if (mayInstall) console.log(`${service.name} is not here: left out are ${service.leftOut}`);
  }
  return environment;
}

/** @param {Service} service */
function find({ variable, paths }) {
  return [process.env[variable] ?? "", ...paths].find((path) => path !== "" && existsSync(path));
}

/** @param {Service} service */
async function installService({ name, debianPackage }) {
  if (process.getuid?.() !== 0 || !isDebian()) return false;
  const { code } = await step(`install ${name}`, async () => {
    const updated = await apt("update");
    return updated.code === 0 ? apt("install", "-y", "--no-install-recommends", debianPackage) : updated;
  });
  return code === 0;
}

/** @param {string[]} args */
function apt(...args) {
  return run("apt-get", args, { quiet: true, env: { DEBIAN_FRONTEND: "noninteractive" } });
}

function isDebian() {
  if (!existsSync("/usr/bin/apt-get") || !existsSync("/etc/os-release")) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync("/etc/os-release", "utf8"));
}
