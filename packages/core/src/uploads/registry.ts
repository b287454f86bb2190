import type { Observable } from "../base/observable.ts";
import type { Internals } from "../client/internals.ts";
import type { Client } from "../client/types.ts";
import type { Attachment } from "../protocol/files.ts";
import { createGate, filesOf, messageOf } from "./gate.ts";
import { platformLocks, type UploadLocks } from "./locks.ts";
import { newJob } from "./machine.ts";
import { platformParts } from "./put-part.ts";
import { commandsOf, Running, storedOf } from "./running.ts";
import { createUploadStore, PIECE_BYTES, type StoredUpload, type UploadStore } from "./store.ts";
import { createSupervisor } from "./supervisor.ts";
import type { Upload, UploadsOptions } from "./types.ts";

/** Which uploads there are in this life, from whichever life they come, and for which message. */
export interface Registry {
  readonly list: Observable<readonly Upload[]>;
  add(conversationId: string, attachment: Attachment, bytes: Blob, previewOf?: string): Upload;
  bytes(fileId: string): Promise<Blob | undefined>;
}

const PARALLEL = 3;
/** What nobody sent within this time is given up when the app starts next. */
const FORGOTTEN_AFTER_MS = 24 * 60 * 60_000;
/** Commands about one file that are remembered; all but the newest are called off once that is durable. */
const MOST_COMMANDS = 8;
/** Files whose bytes stay at hand after they have arrived, so that what shows them need not change at once. */
const MOST_AT_HAND = 32;

export function createRegistry(client: Client, internals: Internals, options: UploadsOptions): Registry {
  const { core, session, storage, random } = internals;
  const { clock, scope, outbox } = core;
  /** Of who is signed in now. */
  const currentStore = (): UploadStore => createUploadStore(storage, core.userId() ?? "");
  const locks: UploadLocks = options.locks ?? platformLocks();
  const atHand = new Map<string, Blob>();
  /** What is being stored, also for somebody who is not signed in any more. */
  const storing = new Map<string, Promise<void>>();
  const shown = new Map<string, Upload>();
  const list = scope.lazy<readonly Upload[]>(() => [...shown.values()]);
  let life = new AbortController();

  const supervisor = createSupervisor({
    ...{ clock, random, serverNow: session.serverNow, query: core.loader.query },
    send: options.send ?? platformParts(options.fetch),
    isOnline: () => client.connection.get().name === "online",
    parallel: options.parallel ?? PARALLEL,
    onChange(running) {
      const { phase } = running.job;
      if (phase === "ready") gate.review();
      if (phase === "refused" || phase === "cancelled") gate.refuse(running);
      if (phase === "cancelled") giveUp(running);
    },
  });

  const gate = createGate({
    outbox,
    find: (fileId) => supervisor.find(fileId) ?? (lookers.isAbsent(fileId) ? undefined : "unknown"),
    look: (fileId) => lookers.look(fileId),
    async attach(running, command) {
      running.messageId = messageOf(command);
      running.commandIds = [...running.commandIds, command.commandId].slice(-MOST_COMMANDS);
      list.invalidate();
      await running.stored;
      await running.store.write(storedOf(running));
    },
    resume: (running) => supervisor.tell(running, { type: "resume" }),
  });

  const show = (running: Running): Upload => {
    const { fileId, previewOf } = running.job;
    const upload = uploadOf(running, supervisor.tell);
    if (previewOf === undefined) shown.set(fileId, upload);
    supervisor.take(running);
    list.invalidate();
    return upload;
  };

  const hide = (running: Running): void => {
    shown.delete(running.job.fileId);
    supervisor.letGo(running);
    list.invalidate();
    for (const fileId of atHand.keys()) {
      if (atHand.size > MOST_AT_HAND && !supervisor.find(fileId)) atHand.delete(fileId);
    }
  };

  /** Its previews have no meaning without it, and the backend need not keep what it has of it. */
  const giveUp = (running: Running): void => {
    const { fileId, conversationId } = running.job;
    for (const each of supervisor.all()) {
      if (each.job.previewOf === fileId) supervisor.tell(each, { type: "cancel" });
    }
    atHand.delete(fileId);
    core.loader.query({ type: "file.cancel", conversationId, fileId }).catch(() => {}); // it forgets by itself, later
    void running.saved.then(() => hide(running));
  };

  const lookers = createLookers(
    async (fileId) => {
      const { signal } = life;
      const store = currentStore();
      await storage.open();
      if ((await store.read(fileId)) === undefined) return signal.aborted;
      const release = await locks.hold(lockName(store.userId, fileId), signal);
      await storing.get(fileId)?.catch(() => {});
      const stored = await store.read(fileId); // as whoever had it has left it
      const isUseless = !stored || (await isLeftOver(store, stored, clock.now()));
      if (signal.aborted || supervisor.find(fileId)) {
        release();
        return true;
      }
      if (isUseless) {
        if (stored) await store.erase(fileId, stored.size);
        release();
        return false;
      }
      const running = Running.restored(scope, store, stored);
      Object.assign(running, { release, isHeld: true });
      show(running);
      return true;
    },
    () => gate.review(),
  );

  const begin = async (): Promise<void> => {
    const { signal } = life;
    await storage.open();
    const all = await currentStore().all();
    if (!signal.aborted) for (const { fileId } of all) lookers.look(fileId);
  };

  /** Somebody else's stay on storage for them; what is being stored gets there still. */
  const end = (): void => {
    life.abort();
    life = new AbortController();
    for (const running of supervisor.all()) hide(running);
    atHand.clear();
    lookers.clear();
  };

  /** A message called off takes its files along; one that another client sees to, or that is tried again, does not. */
  const called = async (running: Running): Promise<void> => {
    const { fileId } = running.job;
    await core.keeper.idle();
    const isTriedAgain = outbox.all().some(({ command }) => filesOf(command).includes(fileId));
    if (isTriedAgain) return;
    const isOthers =
      running.store.userId !== core.userId() || (await running.store.isWaiting(running.commandIds));
    if (isOthers) hide(running);
    else supervisor.tell(running, { type: "cancel" });
  };

  client.on("outbox", ({ command, status }) => {
    if (status === "failed" || status === "cancelled") gate.review(); // what is about it waits for nothing any more
    for (const running of filesOf(command).flatMap((fileId) => supervisor.find(fileId) ?? [])) {
      const { fileId, size } = running.job;
      if (status === "cancelled") called(running).catch(() => {});
      if (status !== "sent") continue;
      hide(running);
      running.store.erase(fileId, size).catch(() => {}); // left over, and found when the app starts next
    }
  });
  client.userId.subscribe(() => {
    end();
    begin().catch(() => {});
  });
  client.connection.subscribe(({ name }) => {
    if (name === "closed") {
      life.abort();
      supervisor.close();
    }
    if (name !== "online") return;
    supervisor.online();
    gate.review();
  });
  begin().catch(() => {}); // said by the client, which reads it too

  return {
    list,
    add(conversationId, attachment, bytes, previewOf) {
      const { fileId, name, size, type: mediaType } = attachment;
      const store = currentStore();
      const subject = { fileId, conversationId, name, size, mediaType, createdAt: clock.now(), previewOf };
      const running = new Running(scope, store, newJob(subject), attachment);
      const { signal } = life;
      const keeping = new AbortController();
      running.stopStoring = () => keeping.abort();
      atHand.set(fileId, bytes);
      running.stored = store.keep(storedOf(running), bytes, keeping.signal);
      storing.set(fileId, running.stored);
      void running.stored
        .then(
          () => supervisor.tell(running, { type: "stored" }),
          () => supervisor.tell(running, { type: "refused", code: "storage/failed" }),
        )
        .finally(() => storing.delete(fileId));
      void locks.hold(lockName(store.userId, fileId), signal).then(
        (release) => {
          Object.assign(running, { release, isHeld: true });
          supervisor.tell(running, { type: "online" });
        },
        () => {},
      );
      return show(running);
    },
    async bytes(fileId) {
      const known = atHand.get(fileId);
      const running = supervisor.find(fileId);
      if (known || !running || running.job.phase === "ready") return known;
      const { store, job } = running;
      const pieces: ArrayBuffer[] = [];
      for (let start = 0; start < job.size; start += PIECE_BYTES) {
        pieces.push(await store.bytes(fileId, start, Math.min(job.size, start + PIECE_BYTES)));
      }
      return new Blob(pieces, { type: job.mediaType });
    },
  };
}

/** Never stored whole, called off, of a message that is settled, or of nobody's for too long. */
async function isLeftOver(store: UploadStore, stored: StoredUpload, now: number): Promise<boolean> {
  const { phase, createdAt } = stored;
  if (phase === "storing" || phase === "cancelled") return true;
  const commandIds = commandsOf(stored);
  if (commandIds.length === 0) return now - createdAt > FORGOTTEN_AFTER_MS;
  return !(await store.isWaiting(commandIds));
}

function lockName(user: string, fileId: string): string {
  return `tidings:upload:${user}:${fileId}`;
}

interface Lookers {
  look(fileId: string): void;
  /** Nothing of it is on this device, as far as was looked. */
  isAbsent(fileId: string): boolean;
  clear(): void;
}

/** @param find - whether there is something; each is looked for once at a time. */
function createLookers(find: (fileId: string) => Promise<boolean>, onFound: () => void): Lookers {
  const looking = new Set<string>();
  const absent = new Set<string>();
  return {
    look(fileId) {
      if (looking.has(fileId)) return;
      looking.add(fileId);
      find(fileId)
        .then(
          (isThere) => {
            if (!isThere) absent.add(fileId);
            onFound();
          },
          () => {}, // what storage cannot say now is asked again when there is a link
        )
        .finally(() => looking.delete(fileId));
    },
    isAbsent: (fileId) => absent.has(fileId),
    clear: () => absent.clear(),
  };
}

function uploadOf(
  running: Running,
  tell: (running: Running, event: { readonly type: "pause" | "resume" | "cancel" }) => void,
): Upload {
  const { attachment, state, stored } = running;
  return {
    ...{ fileId: attachment.fileId, conversationId: running.job.conversationId, attachment, state, stored },
    isTakenUp: running.isTakenUp,
    get messageId() {
      return running.messageId;
    },
    pause: () => tell(running, { type: "pause" }),
    resume: () => tell(running, { type: "resume" }),
    cancel: () => tell(running, { type: "cancel" }),
  };
}
