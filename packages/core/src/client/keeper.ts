import { type Cache, createCache } from "../cache/cache.ts";
import { createJournal, type Journal } from "../outbox/journal.ts";
import type { Outbox } from "../outbox/types.ts";
import { createWriter } from "../outbox/writer.ts";
import type { Directory } from "../sync/directory.ts";
import type { TabMembership } from "../ports/tabs.ts";
import type { Sync } from "../sync/sync.ts";
import type { Replica } from "../timeline/replica.ts";
import { createDrafts, type Drafts } from "./drafts.ts";
import type { Foundation } from "./foundation.ts";

/** Everything a client has on storage, and whose it is. */
export interface Keeper {
  readonly journal: Journal;
  readonly cache: Cache;
  readonly drafts: Drafts;
  /** Shows and takes back in what an earlier life left; once what may be shown is shown. */
  recover(): Promise<void>;
  /** Sees to what other clients on this storage have left to be sent, if that is for this one to do. */
  takeOver(): void;
  /** Gives up what others have taken over while this client's page was not there. */
  comeBack(): void;
  /** Resolves once everything given to it is written. */
  idle(): Promise<void>;
  /** Keeps how far the user has read until the backend knows; nothing of it once it does. */
  mark(conversationId: string, seq?: number): void;
  /** The app looks at a conversation: shows what is kept of it, then sees to it that it is complete. */
  open(replica: Replica): void;
  /** The backend says that the user is not who they were taken for, or who it is in the first place. */
  changeUser(before: string | undefined): void;
  /** Writes what is still to be written. */
  close(): Promise<void>;
}

export interface KeeperOptions extends Foundation {
  readonly directory: () => Directory;
  readonly outbox: () => Outbox;
  readonly sync: () => Sync;
  /** The app has given a storage: what ends with the client is not worth the copying. */
  readonly isKept: boolean;
  /** Clients on this storage whose commands are theirs; `undefined` if another sees to what nobody does. Default: none. */
  readonly living?: TabMembership["living"];
  /** How far the user has read in an earlier life, and the backend may not know. */
  readonly onMark: (conversationId: string, seq: number) => void;
}

/** Who used this storage last: whom it is about before the backend has said so. */
const USER = ["user"];

export function createKeeper(options: KeeperOptions): Keeper {
  const { storage, clock, scope, logger, session, clientId, living, directory, outbox, sync } = options;
  const userId = (): string => session.userId.get() ?? "";
  const cache: Cache = createCache({
    ...{ storage, clock, userId, batch: scope.batch, epoch: session.epoch },
    writer: () => writer,
    get: (conversationId) => directory().get(conversationId),
    isOpen: (conversationId) => directory().isOpen(conversationId),
  });
  const writer = createWriter({ storage, rider: cache.rider, room: cache.room });
  const journal = createJournal({ storage, writer, userId, logger, ...(living && { clientId }) });
  const drafts = createDrafts({ clock, scope, storage, writer, userId });

  /** Resolves once what is kept of it is shown. */
  const show = async (replica: Replica): Promise<void> => {
    if (await cache.load(replica)) sync().restored(replica);
    sync().check(replica);
  };

  /** Without it there is only more to ask for. */
  const paint = async (): Promise<void> => {
    await cache.restore();
    const open = directory().all();
    await Promise.all(open.filter(({ conversationId }) => directory().isOpen(conversationId)).map(show));
    await drafts.restore();
  };

  const resume = async (): Promise<void> => {
    const others = living ? await living() : new Set<string>();
    if (others) outbox().restore(await journal.recover(others));
  };

  /** What is gone from storage is settled, or was called off, elsewhere. */
  const giveUp = async (): Promise<void> => {
    const stored = outbox()
      .all()
      .filter((entry) => entry.isStored);
    const own = await journal.own();
    const gone = stored.filter(({ command }) => !own.has(command.commandId));
    if (gone.length > 0) scope.batch(() => outbox().forget(gone));
  };

  const recover = async (): Promise<void> => {
    await writer.open();
    if (userId() === "") {
      const known = await storage.get(USER);
      if (userId() === "" && typeof known === "string") session.userId.set(known);
    }
    await paint().catch(() => logger("warn", "cache.unreadable"));
    await resume();
    for (const [key, seq] of await storage.scan({ prefix: ["mark", userId()] })) {
      if (typeof seq === "number") options.onMark(key.at(-1) ?? "", seq);
    }
  };

  let recovered: Promise<void> = Promise.resolve();
  /** In turn: what is given up as another's may be taken back in as an orphan. */
  const afterwards = (work: () => Promise<void>): void => {
    recovered = recovered.then(work, work).catch(() => logger("warn", "outbox.unreadable"));
  };
  return {
    ...{ journal, cache, drafts },
    recover: () => (recovered = recover()),
    takeOver: () => afterwards(resume),
    comeBack: () => afterwards(giveUp),
    idle: writer.idle,
    mark(conversationId, value) {
      const key = ["mark", userId(), conversationId];
      const operation =
        value === undefined ? { type: "delete" as const, key } : { type: "put" as const, key, value };
      writer.write([operation]).catch(() => {}); // then it is read again
    },
    open(replica) {
      if (cache.load(replica)) void show(replica);
      else sync().check(replica);
      if (options.isKept) cache.touch(replica, []); // it is in use from now on
    },
    changeUser(before) {
      writer.write([{ type: "put", key: USER, value: userId() }]).catch(() => {});
      drafts.turn(before);
      if (before === undefined) journal.adopt(outbox().all());
      else outbox().forget(outbox().all());
      recover().catch(() => {}); // said when it was tried at first
    },
    async close() {
      cache.close();
      drafts.close();
      await writer.idle();
      await storage.close();
    },
  };
}
