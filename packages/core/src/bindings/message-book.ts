import type { JsonObject } from "../base/json.ts";
import type { Client } from "../client/types.ts";
import { internalsOf } from "../client/internals.ts";
import type { Observable } from "../base/observable.ts";
import type { CustomOf, CustomSchemas, JsonCustom } from "../compose/custom.ts";
import { isMessagingError } from "../errors/messaging-error.ts";
import type { MessageRecord } from "../protocol/records.ts";

/** A message that another one is about, wherever it is: loaded, to be fetched, or gone. */
export type FoundMessage<Custom = JsonObject> = MessageRecord<Custom> | "loading" | "missing";

/** Single messages by their ids, also of conversations nobody has open and of pages nobody has loaded. */
export interface MessageBook<Schemas extends CustomSchemas> {
  /**
   * The message as it is now, edits and deletions included; fetched when this is first listened to, if it is not here.
   * What several ask for in one tick is one query per conversation. `missing` is what is not there, or not for the reader.
   */
  message(conversationId: string, messageId: string): Observable<FoundMessage<CustomOf<Schemas, "message">>>;
}

/** Messages kept beside the timelines (D9): those asked for longest ago are asked for again. */
const MOST_KEPT = 1_000;
/** In one query: the wire takes no more. */
const MOST_ASKED = 100;

const opened = new WeakMap<object, MessageBook<JsonCustom>>();

/** The messages of a client, one by one; the same book each time. */
export function openMessages<Schemas extends CustomSchemas>(client: Client<Schemas>): MessageBook<Schemas>;
export function openMessages(client: Client): MessageBook<JsonCustom> {
  const book = opened.get(client) ?? create(client);
  opened.set(client, book);
  return book;
}

function create(client: Client): MessageBook<JsonCustom> {
  const { core } = internalsOf(client);
  const kept = new Map<string, FoundMessage>();
  /** Who listens to what, by conversation and message. */
  const listened = new Map<
    string,
    { readonly conversationId: string; readonly messageId: string; count: number }
  >();
  const wanted = new Map<string, Set<string>>();
  const changed = core.scope.cell(0);
  let isDue = false;
  let reader = core.userId();

  /** Nothing that was fetched for somebody is there for the next, listened to or not (D8). */
  const turn = (): void => {
    if (reader !== core.userId()) kept.clear();
    reader = core.userId();
  };

  const tell = (): void => changed.set(changed.get() + 1);

  const keep = (messageId: string, found: FoundMessage): void => {
    const before = kept.get(messageId);
    if (typeof before === "object" && (typeof found !== "object" || found.rev < before.rev)) return;
    kept.delete(messageId);
    kept.set(messageId, found);
    for (const [id] of kept) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(id);
    }
  };

  const read = (conversationId: string, messageId: string): FoundMessage => {
    turn();
    const loaded = core.directory.peek(conversationId)?.records.message(messageId);
    const found = loaded ?? kept.get(messageId) ?? "loading";
    return typeof found === "string" ? found : core.reading.message(found);
  };

  const fetch = async (conversationId: string, messageIds: readonly string[]): Promise<void> => {
    const asker = core.userId();
    try {
      const found = await core.loader.query({ type: "messages", conversationId, messageIds });
      if (asker !== core.userId()) return;
      for (const message of found) keep(message.id, message);
      for (const id of messageIds) if (!found.some((message) => message.id === id)) keep(id, "missing");
    } catch (error) {
      // Offline, it is asked for again by the next link; what is refused is not for the reader.
      if (isMessagingError(error) && !error.retryable) for (const id of messageIds) keep(id, "missing");
    }
    tell();
  };

  const flush = (): void => {
    isDue = false;
    for (const [conversationId, ids] of wanted) {
      const all = [...ids];
      for (let from = 0; from < all.length; from += MOST_ASKED)
        void fetch(conversationId, all.slice(from, from + MOST_ASKED));
    }
    wanted.clear();
  };

  const want = (conversationId: string, messageId: string): void => {
    wanted.set(conversationId, (wanted.get(conversationId) ?? new Set()).add(messageId));
    if (!isDue) void Promise.resolve().then(flush);
    isDue = true;
  };

  client.on("change", ({ record }) => {
    if (record.type !== "message" || !kept.has(record.id)) return;
    keep(record.id, record);
    tell();
  });
  client.userId.subscribe(tell);
  // What changed while there was no link nobody has told.
  client.connection.subscribe(({ name }) => {
    if (name !== "online") return;
    for (const { conversationId, messageId } of listened.values()) want(conversationId, messageId);
  });

  return {
    message(conversationId, messageId) {
      const get = (): FoundMessage => read(conversationId, messageId);
      return {
        get,
        subscribe(listener) {
          const key = JSON.stringify([conversationId, messageId]);
          const entry = listened.get(key) ?? { conversationId, messageId, count: 0 };
          listened.set(key, entry);
          entry.count += 1;
          let told = get();
          if (told === "loading") want(conversationId, messageId);
          const look = (): void => {
            const now = get();
            if (now !== told) listener((told = now));
          };
          const replica = core.directory.peek(conversationId);
          const ends = [changed.subscribe(look), replica?.view.subscribe(look)];
          return () => {
            for (const end of ends.splice(0)) end?.();
            entry.count -= 1;
            if (entry.count === 0) listened.delete(key);
          };
        },
      };
    },
  };
}
