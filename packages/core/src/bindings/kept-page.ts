import type { Cancel } from "../base/clock.ts";
import { cacheKeys } from "../cache/keys.ts";
import { internalsOf } from "../client/internals.ts";
import type { Client } from "../client/types.ts";
import { parseResult } from "../protocol/parse-server.ts";
import type { QueryResults } from "../protocol/queries.ts";
import type { StorageKey } from "../ports/storage.ts";

type PageType = "thread" | "pins";

/**
 * The last answer to a query about a conversation, with what was heard since, on storage: beside the conversation's timeline,
 * and gone with it.
 */
export interface KeptPage<Type extends PageType> {
  /** As an earlier life has left it; undefined if there is none that may be shown. */
  load(): Promise<QueryResults[Type] | undefined>;
  /** Soon: what `read` gives by then. */
  save(read: () => QueryResults[Type] | undefined): void;
}

export interface KeptPageOptions<Type extends PageType> {
  readonly type: Type;
  readonly conversationId: string;
  /** Which of several. */
  readonly name?: string;
}

/** Of one conversation, those used last. */
const MOST_KEPT = 20;
/** Changes wait this long for others. */
const GATHER_MS = 200;

export function keptPage<Type extends PageType>(
  client: Pick<Client, "userId">,
  { type, conversationId, name }: KeptPageOptions<Type>,
): KeptPage<Type> {
  const { core, session, storage } = internalsOf(client);
  const { clock, keeper, directory } = core;
  let timer: Cancel | undefined;
  let latest: (() => QueryResults[Type] | undefined) | undefined;

  const placeOf = (...more: StorageKey): StorageKey | undefined => {
    const userId = core.userId();
    return userId === undefined ? undefined : [...cacheKeys(userId).timeline(conversationId), type, ...more];
  };

  /** One more than there is room for: the one used longest ago goes. */
  const makeRoom = async (): Promise<void> => {
    const prefix = placeOf();
    const found = prefix ? await storage.scan({ prefix }) : [];
    if (found.length <= MOST_KEPT) return;
    const ages = found.map(([key, value]) => ({ key, usedAt: Number(Object(value).usedAt) || 0 }));
    ages.sort((one, other) => one.usedAt - other.usedAt);
    await storage.write(ages.slice(0, found.length - MOST_KEPT).map(({ key }) => ({ type: "delete", key })));
  };

  const write = async (): Promise<void> => {
    const key = placeOf(...(name === undefined ? [] : [name]));
    const page = latest?.();
    if (!key || !page || isAbsent() || core.isClosed()) return;
    const isNew = (await storage.get(key)) === undefined;
    const value = { epoch: epochNow(), usedAt: clock.now(), page };
    await storage.write([{ type: "put", key, value }]);
    if (isNew) await makeRoom();
  };

  /** Of the backend, or, while it has not said so, of what else is kept of the conversation. */
  const epochNow = (): string | undefined => session.epoch() ?? directory.peek(conversationId)?.cursor?.epoch;

  const isAbsent = (): boolean => directory.peek(conversationId)?.view.get().absent === true;

  return {
    async load() {
      await keeper.idle().catch(() => {}); // storage is open
      await userKnown(client);
      const userId = core.userId();
      const key = placeOf(...(name === undefined ? [] : [name]));
      const { epoch, page } = Object(key && (await storage.get(key)));
      if (page === undefined || core.userId() !== userId || isAbsent() || (epochNow() ?? epoch) !== epoch)
        return undefined;
      return parseResult(type, page);
    },
    save(read) {
      latest = read;
      timer ??= clock.after(GATHER_MS, () => {
        timer = undefined;
        write().catch(() => {}); // it can always be asked for again
      });
    },
  };
}

/** Where the app has not said who it is about, storage, or the backend, will. */
async function userKnown({ userId }: Pick<Client, "userId">): Promise<void> {
  if (userId.get() !== undefined) return;
  await new Promise<void>((resolve) => {
    const stop = userId.subscribe((known) => {
      if (known === undefined) return;
      stop();
      resolve();
    });
  });
}
