import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { hasNginx } from "./nginx.ts";
import { hasPostgres } from "./postgres.ts";
import { hasRedis } from "./redis.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const door = new URL("index.ts", import.meta.url).href;

/** What nginx has set aside goes to the folder, too: its own place is root's. */
const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
  .map((part) => `${part}_temp_path " + folder + "/${part};`)
  .join(" ");
const smallest = `({ port, folder }) => ({ "nginx.conf": "pid " + folder + "/pid; events {} http { access_log off; ${temporary} server { listen " + port + "; } }" })`;

const hanging = "async (service) => (await service.freeze(), service)";

const starters = [
  { name: "PostgreSQL", start: "startPostgres", call: "startPostgres()", has: hasPostgres() },
  { name: "Redis", start: "startRedis", call: "startRedis()", has: hasRedis() },
  { name: "a Redis that hangs", start: "startRedis", call: `startRedis().then(${hanging})`, has: hasRedis() },
  { name: "nginx", start: "startNginx", call: `startNginx({ configure: ${smallest} })`, has: hasNginx() },
] as const;

it.each(starters.filter(({ has }) => has))(
  "$name ends with the process that started it, also when that is killed",
  { timeout: 60_000 },
  async ({ start, call }) => {
    const script = `import { ${start} } from "${door}"; console.log((await ${call}).port); setInterval(() => {}, 1e6);`;
    const loader = [
      "--conditions=source",
      "--import",
      "./scripts/typescript/register.mjs",
      "--input-type=module",
    ];
    const child = spawn(process.execPath, [...loader, "-e", script], { cwd: root });
    const [told]: Buffer[] = await once(child.stdout, "data");
    const port = Number(String(told));
    expect(await isOpen(port)).toBe(true);
    child.kill("SIGKILL");
    await expect.poll(() => isOpen(port), { timeout: 10_000 }).toBe(false);
  },
);

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const told = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => told(true)).once("error", () => told(false));
  });
}
