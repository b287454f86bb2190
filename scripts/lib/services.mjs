/**
 * What the tests use beside npm packages. Found: used. Missing, and we are root on Debian or Ubuntu: installed.
 * Otherwise one line says what is left out, and the tests that need it skip themselves.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { run } from "./run.mjs";
import { step } from "./steps.mjs";

/**
 * @typedef {object} Service
 * @property {string} name
 * @property {string} variable tests read the path here; a caller may set it to a copy of their own
 * @property {string[]} paths where it may be; a `*` stands for a folder of any name, the highest first
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
  {
    name: "PostgreSQL",
    variable: "TIDINGS_POSTGRES",
    paths: ["/usr/lib/postgresql/*/bin/postgres", "/usr/local/bin/postgres", "/opt/homebrew/bin/postgres"],
    debianPackage: "postgresql",
    leftOut: "the tests of the PostgreSQL store",
  },
  {
    name: "Redis",
    variable: "TIDINGS_REDIS_SERVER",
    paths: ["/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server"],
    debianPackage: "redis-server",
    leftOut: "the tests of several nodes",
  },
  {
    name: "Prometheus",
    variable: "TIDINGS_PROMETHEUS",
    paths: ["/usr/bin/prometheus", "/usr/local/bin/prometheus", "/opt/homebrew/bin/prometheus"],
    debianPackage: "prometheus",
    leftOut: "the tests of alerts and dashboards",
  },
  {
    name: "nginx",
    variable: "TIDINGS_NGINX",
    paths: ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx"],
    debianPackage: "nginx-light",
    leftOut: "the tests of what is deployed",
  },
  {
    name: "D-Bus",
    variable: "TIDINGS_DBUS",
    paths: ["/usr/bin/dbus-daemon", "/usr/local/bin/dbus-daemon"],
    debianPackage: "dbus",
    leftOut: "the tests of clicks on notifications",
  },
];

/**
 * Installs what is missing, where it may, and says what is left out.
 * @returns {Promise<void>}
 */
export async function installServices() {
  for (const service of SERVICES) {
    if (find(service) === undefined) await installService(service);
    if (find(service) === undefined)
      console.log(`${service.name} is not here: left out are ${service.leftOut}`);
  }
}

/** @returns {Record<string, string>} the environment in which tests find the services that are here. */
export function foundServices() {
  const found = SERVICES.map((service) => [service.variable, find(service)]);
  return Object.fromEntries(found.filter(([, path]) => path !== undefined));
}

/** @param {Service} service */
function find({ variable, paths }) {
  const places = [process.env[variable] ?? "", ...paths.flatMap(unfolded)];
  return places.find((path) => path !== "" && existsSync(path));
}

/** @param {string} path */
function unfolded(path) {
  const [before = "", after] = path.split("*");
  if (after === undefined) return [path];
  if (!existsSync(before)) return [];
  const newestFirst = readdirSync(before).sort((one, other) => Number(other) - Number(one));
  return newestFirst.map((name) => before + name + after);
}

/** @param {Service} service */
async function installService({ name, debianPackage }) {
  if (process.getuid?.() !== 0 || !isDebian()) return;
  await step(`install ${name}`, async () => {
    const updated = await apt("update");
    if (updated.code !== 0) return updated;
    const allow = denyServices();
    const installed = await apt("install", "-y", "--no-install-recommends", debianPackage);
    allow();
    return installed;
  });
}

/** Debian asks this program, where there is one, whether a package may start its service: the tests start their own. */
const POLICY = "/usr/sbin/policy-rc.d";

/** @returns {() => void} makes it as it was */
function denyServices() {
  if (existsSync(POLICY)) return () => {};
  writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return () => rmSync(POLICY, { force: true });
}

/** @param {string[]} args */
function apt(...args) {
  return run("apt-get", args, { quiet: true, env: { DEBIAN_FRONTEND: "noninteractive" } });
}

function isDebian() {
  if (!existsSync("/usr/bin/apt-get") || !existsSync("/etc/os-release")) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync("/etc/os-release", "utf8"));
}
