import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import {
  type Account,
  freePort,
  lesserAccount,
  removeFolder,
  ServiceProcess,
  temporaryFolder,
} from "./service-process.ts";

export interface PostgresServiceOptions {
  /** Path of the `postgres` program, with `initdb` beside it. Default `TIDINGS_POSTGRES`. */
  readonly program?: string;
  /** What the configuration says beside the defaults. By default nothing is flushed: fast, and safe from nothing. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A real PostgreSQL in a temporary folder on a free port. It ends with this process, however that ends. */
export interface PostgresService {
  readonly port: number;
  /** The last lines of its log. */
  readonly log: string;
  /**
   * The address of a new database, in a role that is no superuser.
   *
   * @param copyOf - address of one nobody is connected to; otherwise the new one is empty.
   */
  database(copyOf?: string): Promise<string>;
  /** @param signal - `SIGINT` (default) closes connections and stops, `SIGQUIT` ends like a crash. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Again, after `stop`, on the same data and port. */
  start(): Promise<void>;
  /** It hangs until `thaw`: nothing is answered, and no connection closes. */
  freeze(): Promise<void>;
  thaw(): void;
  close(): Promise<void>;
}

const ROLE = "tidings_app";

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  fsync: "off",
  full_page_writes: "off",
  shared_buffers: "64MB",
  max_connections: "200",
};

/** Is there a PostgreSQL for `startPostgres` on this machine? */
export function hasPostgres(program: string | undefined = process.env["TIDINGS_POSTGRES"]): boolean {
  return program !== undefined && existsSync(program);
}

/** @throws {Error} if there is none, or it does not start. */
export async function startPostgres(options: PostgresServiceOptions = {}): Promise<PostgresService> {
  const { program = process.env["TIDINGS_POSTGRES"] ?? "" } = options;
  const account = lesserAccount();
  const folder = temporaryFolder(account);
  const data = join(folder, "data");
  await initialise(program, data, account);
  const port = await freePort();
  const settings = Object.entries({ ...SETTINGS, ...options.settings, port: String(port) });
  const args = ["-D", data, ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  const url = (role: string, database: string): string => `postgres://${role}@127.0.0.1:${port}/${database}`;
  let running: ServiceProcess | undefined;
  let databases = 0;

  const start = async (): Promise<void> => {
    if (running) return;
    running = new ServiceProcess(program, args, account);
    await running.ready(() => ask(url("postgres", "postgres"), "SELECT 1"));
  };
  const stop = async (signal: NodeJS.Signals = "SIGINT"): Promise<void> => {
    await running?.end(signal);
    running = undefined;
  };

  await start();
  await ask(url("postgres", "postgres"), `CREATE ROLE ${ROLE} LOGIN CREATEROLE`);
  return {
    port,
    get log() {
      return running?.output ?? "";
    },
    async database(copyOf) {
      const name = `tidings_${(databases += 1)}`;
      const template = copyOf === undefined ? "template1" : new URL(copyOf).pathname.slice(1);
      await ask(url("postgres", "postgres"), `CREATE DATABASE ${name} OWNER ${ROLE} TEMPLATE ${template}`);
      return url(ROLE, name);
    },
    stop,
    start,
    freeze: async () => running?.freeze(),
    thaw: () => running?.thaw(),
    async close() {
      await stop("SIGQUIT");
      removeFolder(folder);
    },
  };
}

async function initialise(program: string, data: string, account: Account | undefined): Promise<void> {
  const words = ["-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"];
  await promisify(execFile)(join(dirname(program), "initdb"), words, { cwd: "/", ...account });
}

async function ask(url: string, statement: string): Promise<true> {
  // Loaded by those who start one, not by everybody who opens this door.
  const { Client } = await import("pg");
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query(statement);
    return true;
  } finally {
    await client.end();
  }
}
