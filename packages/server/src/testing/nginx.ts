import { chmodSync, chownSync, existsSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { freePort, lesserAccount, removeFolder, ServiceProcess, temporaryFolder } from "./service-process.ts";

/** Where an nginx runs: what its configuration has to name. */
export interface NginxPlace {
  /** A free port. */
  readonly port: number;
  /** One that is its own; its configuration is there too. */
  readonly folder: string;
}

export interface NginxServiceOptions {
  /** Path of `nginx`. Default `TIDINGS_NGINX`. */
  readonly program?: string;
  /** Its files by name, `nginx.conf` among them. */
  readonly configure: (place: NginxPlace) => Readonly<Record<string, string>>;
}

/** A real nginx on a free port. It ends with this process, however that ends. */
export interface NginxService extends NginxPlace {
  /** The last lines of its log. */
  readonly log: string;
  close(): Promise<void>;
}

/** Is there an nginx for `startNginx` on this machine? */
export function hasNginx(program: string | undefined = process.env["TIDINGS_NGINX"]): boolean {
  return program !== undefined && existsSync(program);
}

/** @throws {Error} if there is none, or it does not start, as with a configuration that is wrong. */
export async function startNginx(options: NginxServiceOptions): Promise<NginxService> {
  const { program = process.env["TIDINGS_NGINX"] ?? "", configure } = options;
  const account = lesserAccount();
  const folder = temporaryFolder(account);
  chmodSync(folder, 0o755);
  const port = await freePort();
  for (const [name, text] of Object.entries(configure({ port, folder }))) {
    const file = join(folder, name);
    writeFileSync(file, text);
    if (account) chownSync(file, account.uid, account.gid);
  }
  const words = ["-p", folder, "-e", "stderr", "-c", join(folder, "nginx.conf"), "-g", "daemon off;"];
  const service = new ServiceProcess(program, words, account);
  try {
    await service.ready(() => listens(port));
  } catch (error) {
    await service.end("SIGTERM");
    removeFolder(folder);
    throw error;
  }
  return {
    ...{ port, folder },
    get log() {
      return service.output;
    },
    async close() {
      await service.end("SIGTERM");
      removeFolder(folder);
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const tell = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", tell(true)).once("error", tell(false));
  });
}
