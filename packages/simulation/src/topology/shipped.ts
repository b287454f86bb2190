import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { NginxPlace } from "@tidings/server/testing";

/** The files that are shipped for production, so that what is tested is what is deployed. */
const DEPLOY = fileURLToPath(new URL("../../../../deploy", import.meta.url));

const read = (name: string): string => readFileSync(join(DEPLOY, name), "utf8");

/** The configuration of nginx; only ports, addresses of nodes and places of files are this machine's. */
export function nginxFiles(
  { port, folder }: NginxPlace,
  nodes: readonly [number, number],
): Readonly<Record<string, string>> {
  const main = replaceAll(read("nginx/nginx.conf"), {
    "listen 8080": `listen 127.0.0.1:${port}`,
    "server server-1:8787": `server 127.0.0.1:${nodes[0]}`,
    "server server-2:8787": `server 127.0.0.1:${nodes[1]}`,
    "/var/log/nginx/": `${folder}/`,
    "/tmp/": `${folder}/`,
    "/etc/nginx/tidings-proxy.conf": `${folder}/tidings-proxy.conf`,
    "/etc/nginx/servers/": `${folder}/servers-`,
  });
  return { "nginx.conf": main, "tidings-proxy.conf": read("nginx/tidings-proxy.conf") };
}

/** … and that of TLS beside it, which is added to the others under `servers-tls.conf`. */
export function tlsFile(folder: string, tlsPort: number, redirectPort: number): string {
  return replaceAll(read("nginx/tls.conf"), {
    "listen 8443": `listen 127.0.0.1:${tlsPort}`,
    "listen 8081": `listen 127.0.0.1:${redirectPort}`,
    "/etc/nginx/tls/": `${folder}/`,
    "/etc/nginx/tidings-proxy.conf": `${folder}/tidings-proxy.conf`,
  });
}

/** What PostgreSQL is told, but for where it listens. */
export function postgresSettings(): Readonly<Record<string, string>> {
  const lines = read("postgres/postgresql.conf").matchAll(/^(\w+) = '?([^'\n]+)'?$/gm);
  const settings = Object.fromEntries([...lines].map(([, name = "", value = ""]) => [name, value]));
  const { listen_addresses: _, ...rest } = settings;
  return rest;
}

/** What Redis is told, as words of a command line. */
export function redisSettings(): readonly string[] {
  const lines = read("redis/redis.conf").matchAll(/^([a-z-]+) (.+)$/gm);
  return [...lines].flatMap(([, name = "", value = ""]) => [`--${name}`, ...value.split(" ")]);
}

/** @throws {Error} if one of them is not there: then the test would run something else than is shipped. */
function replaceAll(text: string, replacements: Readonly<Record<string, string>>): string {
  const missing = Object.keys(replacements).find((each) => !text.includes(each));
  if (missing !== undefined) throw new Error(`unable to find "${missing}" in what is shipped`);
  // In one pass: what is put in may itself look like something to replace.
  const any = new RegExp(Object.keys(replacements).map(literally).join("|"), "g");
  return text.replaceAll(any, (found) => replacements[found] ?? found);
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
