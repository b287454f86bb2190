import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../engine/clock.ts";
import type { RouteModule } from "../gateway/http.ts";
import type { Meter } from "../observe/meter.ts";
import type { Settings } from "../options.ts";
import { MEMORY } from "../store/libsql/database.ts";
import type { Store } from "../store/store.ts";
import { Files } from "./desk.ts";
import { createDiskStore } from "./disk-store.ts";
import { diskRoutes } from "./disk-routes.ts";
import type { FileSettings } from "./file-options.ts";
import type { FileStore } from "./file-store.ts";
import type { Scan } from "./scan.ts";
import { createSigner, derivedKey } from "./signed-urls.ts";

export interface OpenFilesOptions {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly meter: Meter;
  /** Where this server is reached by those who know no better. */
  readonly baseUrl: () => string;
  readonly onFailure: (error: unknown) => void;
}

export interface OpenedFiles {
  readonly desk: Files;
  readonly bytes: FileStore;
  /** Of files in a folder. */
  readonly routes: readonly RouteModule[];
  close(): Promise<void>;
}

/** @returns undefined if this server is to keep no files, or its store cannot write them down. */
export async function openFiles(options: OpenFilesOptions): Promise<OpenedFiles | undefined> {
  const { settings, store, clock, meter, onFailure } = options;
  const { files, policy } = settings;
  const { files: table } = store;
  if (!files || !table || !policy.limits.files) return undefined;
  const bytes = await openBytes(options, files);
  if (!bytes) return undefined;
  const scan = files.scan ?? (await openClamd(files));
  const desk = new Files({
    ...files,
    ...{ table, clock, meter, onFailure, scan, store: bytes.store, limits: policy.limits },
    erasures: store.erasures,
  });
  return {
    ...{ desk, routes: bytes.routes, bytes: bytes.store },
    async close() {
      desk.close();
      await bytes.close();
    },
  };
}

/** Where bytes of files are. */
export interface Bytes {
  readonly store: FileStore;
  readonly routes: readonly RouteModule[];
  close(): Promise<void>;
}

export async function openBytes(
  { settings, clock, baseUrl }: Pick<OpenFilesOptions, "settings" | "clock" | "baseUrl">,
  files: FileSettings,
): Promise<Bytes | undefined> {
  const { s3, cdn, url } = files;
  if (s3) {
    const { createS3Store } = await import("./s3-store.ts");
    const by = cdn && { url: cdn.url, signer: createSigner(cdn.secret) };
    return { store: createS3Store({ ...s3, cdn: by, now: clock.now }), routes: [], close: async () => {} };
  }
  const { dir, isPassing } = folderOf(settings, files);
  if (dir === undefined) return undefined;
  const signer = createSigner(files.secret ?? derivedKey(settings.secret, "addresses of files"));
  const store = createDiskStore({ dir, signer, baseUrl: () => url ?? baseUrl() });
  const routes = [diskRoutes({ store, signer, now: clock.now })];
  return {
    store,
    routes,
    close: async () => (isPassing ? rm(dir, { recursive: true, force: true }) : undefined),
  };
}

interface Folder {
  readonly dir: string | undefined;
  /** It goes with the process, like the database in memory. */
  readonly isPassing: boolean;
}

/** Beside the embedded database; one of its own for a database in memory. Nodes on one PostgreSQL share no folder. */
function folderOf({ dataFile, database, store }: Settings, { dir }: FileSettings): Folder {
  if (dir !== undefined) return { dir, isPassing: false };
  if (database !== undefined || store) return { dir: undefined, isPassing: false };
  if (dataFile !== undefined && dataFile !== MEMORY) return { dir: `${dataFile}.files`, isPassing: false };
  return { dir: join(tmpdir(), `tidings-files-${randomUUID()}`), isPassing: true };
}

/** Loaded by those who use it. */
async function openClamd({ clamd }: FileSettings): Promise<Scan | undefined> {
  if (clamd === undefined) return undefined;
  const { clamdScan } = await import("./clamd.ts");
  return clamdScan(clamd);
}

/** The same, announced as a server that has none. */
export function keepingNoFiles(settings: Settings): Settings {
  const { files: _files, ...limits } = settings.policy.limits;
  return { ...settings, policy: { ...settings.policy, limits } };
}
