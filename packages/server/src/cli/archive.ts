import { createReadStream, existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { exportArchive, exportPerson, type ExportText } from "../archive/export-archive.ts";
import { besideBytes, type FileBytes, inlineBytes } from "../archive/file-bytes.ts";
import { checkAgainst, importArchive, type ImportOptions } from "../archive/import-archive.ts";
import { personalData } from "../engine/personal-data.ts";
import { openBytes } from "../files/open-files.ts";
import type { FileStore } from "../files/file-store.ts";
import { systemClock } from "../gateway/system-clock.ts";
import { silentMeter } from "../observe/meter.ts";
import { openStore } from "../open-parts.ts";
import { readOptions } from "../options.ts";
import type { Erasures } from "../store/erasures.ts";
import type { Store } from "../store/store.ts";
import { SYSTEM } from "../system-actor.ts";
import type { ExportRequest, ImportRequest } from "./archive-arguments.ts";
import type { CommandSettings } from "./arguments.ts";
import { misused } from "./misused.ts";
import { Progress } from "./progress.ts";
import { writeOut } from "./write-out.ts";

const to = process.stderr;

interface Settled {
  readonly settings: CommandSettings;
}

/** All of it or nothing: interrupted, it leaves no file. */
export async function runExport(invocation: ExportRequest & Settled): Promise<void> {
  const { settings, out } = invocation;
  await interruptible((signal) =>
    withPlaces(settings, { migrate: false }, async ({ store, files }) => {
      const unit = invocation.scope.of === "person" ? "items" : "messages";
      const progress = new Progress({ to, what: "exported", unit, now: Date.now });
      const bytes = bytesOf(invocation, files, signal);
      try {
        const found = await open(invocation, store, bytes, (count) => progress.add(count));
        progress.total = found.messages;
        try {
          await writeOut(found.text, out, signal);
        } finally {
          await found.release();
        }
      } catch (error) {
        await bytes?.undo();
        throw error;
      }
      progress.end(`exported${out === undefined ? "" : ` to ${out}`}`);
    }),
  );
}

async function open(
  { scope }: ExportRequest,
  store: Store,
  files: FileBytes | undefined,
  onItems: (count: number) => void,
): Promise<ExportText> {
  const options = { files, at: systemClock.now(), onItems };
  if (scope.of === "person") {
    const items = personalData(scope.userId, SYSTEM, { store, clock: systemClock });
    return exportPerson(scope.userId, items, options);
  }
  if (!store.archive) throw misused("this store cannot be exported");
  const found = await exportArchive(scope, store.archive, options);
  if (!found) throw misused("there is no such conversation");
  const of = scope.of === "server" ? {} : { conversationId: scope.conversationId };
  try {
    await store.audit?.note({ at: options.at, actorId: SYSTEM, action: `${scope.of}.export`, ...of });
    return found;
  } catch (error) {
    await found.release();
    throw error;
  }
}

function bytesOf(
  { withFiles }: ExportRequest,
  store: FileStore | undefined,
  signal: AbortSignal,
): FileBytes | undefined {
  if (withFiles === undefined) return undefined;
  if (!store) throw misused("there are no files to go with it; see --files");
  return withFiles === "inline" ? inlineBytes(store, signal) : besideBytes(store, withFiles, signal);
}

/** All of the file or nothing: interrupted, the database is as it was. */
export async function runImport({
  settings,
  file,
  withFiles,
  isCheckOnly,
}: ImportRequest & Settled): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw misused(`there is no file ${file}`);
  const begin = (what: string): Progress =>
    new Progress({ to, what, unit: "bytes", total: found.size, now: Date.now });
  // Each begins when there is something to tell of it, so that it goes by its own time.
  const progresses: { checked?: Progress; taken?: Progress } = {};
  const progressOf = (step: "checked" | "taken"): Progress =>
    (progresses[step] ??= begin(step === "checked" ? "checked" : "imported"));
  const common: Omit<ImportOptions, "store" | "files"> = {
    ...{ open: () => createReadStream(file), at: systemClock.now() },
    ...{ dir: withFiles, onProgress: (step, { bytes }) => progressOf(step).reach(bytes) },
  };
  await interruptible(async (signal) => {
    if (!isCheckOnly)
      return withPlaces(settings, { migrate: true }, async (places) => {
        const { lines, isNew, erased } = await importArchive({ ...common, ...places, signal });
        const outcome = isNew
          ? `imported ${lines} lines${sayingErased(erased, erased === 1 ? "stays erased" : "stay erased")}`
          : "this file was imported before";
        progressOf("taken").end(outcome);
      });
    await withErasures(settings, async (erasures) => {
      const { lines, erased } = await checkAgainst({ erasures }, { ...common, signal });
      progressOf("checked").end(
        `${file} is whole and as it should be: ${lines} lines${sayingErased(erased, "would stay erased")}`,
      );
    });
  });
}

/** Who they are is not said: it would stand in a log. */
function sayingErased(people: number, what: string): string {
  if (people === 0) return "";
  return `; ${people === 1 ? "1 person" : `${people} people`} of it ${what}`;
}

/** A file can be looked through without a database. One that is there, and in use by now, knows who was erased. */
async function withErasures(
  { server }: CommandSettings,
  work: (erasures: Erasures | undefined) => Promise<void>,
): Promise<void> {
  const read = readOptions(server);
  if (read.dataFile !== undefined && !existsSync(read.dataFile)) return work(undefined);
  const store = await openStore(read, silentMeter, { migrate: false }).catch(() => undefined);
  if (!store) to.write("the database cannot be asked who was erased in it\n");
  try {
    await work(store?.erasures);
  } finally {
    await store?.close();
  }
}

/** SIGINT and SIGTERM abort; a second one ends the process at once. */
async function interruptible(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    throw new Interrupted("interrupted; nothing is left half done", { cause: error });
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

interface Places {
  readonly store: Store;
  readonly files: FileStore | undefined;
}

async function withPlaces(
  settings: CommandSettings,
  { migrate }: { readonly migrate: boolean },
  work: (places: Places) => Promise<void>,
): Promise<void> {
  const read = readOptions(settings.server);
  const { dataFile } = read;
  if (!migrate && dataFile !== undefined && !existsSync(dataFile))
    throw misused(`there is no database ${dataFile}`);
  const store = await openStore(read, silentMeter, { migrate });
  const bytes =
    read.files && (await openBytes({ settings: read, clock: systemClock, baseUrl: () => "" }, read.files));
  try {
    await work({ store, files: bytes ? bytes.store : undefined });
  } finally {
    if (bytes) await bytes.close();
    await store.close();
  }
}

/** Somebody did not want to wait. */
export class Interrupted extends Error {}
