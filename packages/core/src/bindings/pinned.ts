import type { JsonObject } from "../base/json.ts";
import type { Cell, Observable, Unsubscribe } from "../base/observable.ts";
import { whileWatched } from "../base/while-watched.ts";
import { internalsOf } from "../client/internals.ts";
import type { Client } from "../client/types.ts";
import type { CustomOf, CustomSchemas } from "../compose/custom.ts";
import { isSameJson } from "../domain/outcome.ts";
import { type MessagingError, toMessagingError } from "../errors/messaging-error.ts";
import type { MessageRecord } from "../protocol/records.ts";
import { keptPage } from "./kept-page.ts";

/** What is pinned in a conversation. */
export interface PinnedView<Custom = JsonObject> {
  /** The one pinned last first; one's own pins at once. */
  readonly messages: readonly MessageRecord<Custom>[];
  /** The backend has said which there are. Until then those are here that are loaded, or that it named in an earlier life. */
  readonly complete: boolean;
  /** Why the backend could not be asked last, `connection/offline` among it; it is asked again by the next link. */
  readonly error: MessagingError | undefined;
}

/** What is known beside what the timeline holds. */
interface Known extends Pick<PinnedView, "complete" | "error"> {
  readonly messages: ReadonlyMap<string, MessageRecord>;
  /** Whom it was told: it is nobody else's to see. */
  readonly userId?: string | undefined;
}

/** The newest messages that are looked through for pins the backend has not named. */
const DEPTH = 5_000;

/**
 * The pinned messages of a conversation, loaded or not: the backend is asked when somebody begins to listen and after each
 * break, and what is pinned, changed and unpinned meanwhile is followed.
 */
export function pinnedIn<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  conversationId: string,
): Observable<PinnedView<CustomOf<Schemas, "message">>>;
export function pinnedIn(client: Client, conversationId: string): Observable<PinnedView> {
  const { core } = internalsOf(client);
  const { scope, loader, reading } = core;
  const { timeline } = client.conversation(conversationId);
  const nothing: Known = { messages: new Map(), complete: false, error: undefined };
  const known: Cell<Known> = scope.cell(nothing);
  const now = (): Known => (known.get().userId === core.userId() ? known.get() : nothing);
  const know = (next: Known): void => known.set({ ...next, userId: core.userId() });
  /** Heard while the backend is being asked: its answer may be older. */
  let heard: Map<string, MessageRecord> | undefined;
  const kept = keptPage(client, { type: "pins", conversationId });
  const save = (): void =>
    kept.save(() => {
      const { messages, complete } = now();
      return complete ? [...messages.values()].filter(isPinned) : undefined;
    });

  /** What an earlier life was told, until the backend says more. */
  const restore = async (): Promise<void> => {
    const pins = await kept.load();
    const { messages, ...told } = now();
    if (!pins || told.complete) return;
    const all = new Map(pins.map((record) => [record.id, record]));
    for (const record of messages.values()) keep(all, record);
    know({ ...told, messages: all });
  };

  const ask = async (): Promise<void> => {
    const since = new Map<string, MessageRecord>();
    heard = since;
    const told = await loader.query({ type: "pins", conversationId }).then(
      (answer): Known => {
        const messages = new Map(answer.map((record) => [record.id, record]));
        for (const record of since.values()) keep(messages, record);
        return { messages, complete: true, error: undefined };
      },
      (cause: unknown): Known => ({ ...now(), error: toMessagingError(cause) }),
    );
    if (heard !== since) return; // it was asked again meanwhile
    heard = undefined;
    know(told);
    if (told.complete && told.error === undefined) save();
  };

  const hear = (record: MessageRecord): void => {
    if (heard) keep(heard, record);
    const { messages } = now();
    if (record.pinnedAt === undefined && !messages.has(record.id)) return;
    const changed = new Map(messages);
    keep(changed, record);
    know({ ...now(), messages: changed });
    save();
  };

  const view = scope.lazy((): PinnedView => {
    const { messages, complete, error } = now();
    const found = new Map([...messages].map(([id, record]) => [id, reading.message(record)]));
    const { items } = timeline.get();
    // What is loaded knows more: what is pending on it.
    for (const item of [
      ...items.slice(-DEPTH),
      ...[...found.keys()].map((id) => items.at(items.indexOf(id))),
    ])
      if (item?.type === "message" && (item.message.pinnedAt !== undefined || found.has(item.key)))
        keep(found, item.message);
    const pinned = [...found.values()].filter(isPinned).sort(lastFirst);
    return { messages: pinned, complete, error };
  }, isSameJson);

  const begin = (): readonly Unsubscribe[] => {
    if (!now().complete) restore().catch(() => {}); // then it is only asked for
    void ask();
    view.invalidate(); // nobody has listened until now
    return [
      known.subscribe(view.invalidate),
      client.userId.subscribe(view.invalidate),
      timeline.subscribe(view.invalidate),
      client.on("change", ({ conversationId: place, record }) => {
        if (place === conversationId && record.type === "message") hear(record);
      }),
      client.connection.subscribe(({ name }) => {
        if (name === "online") void ask();
      }),
    ];
  };
  return whileWatched(view, begin);
}

function keep(messages: Map<string, MessageRecord>, record: MessageRecord): void {
  if (record.rev >= (messages.get(record.id)?.rev ?? 0)) messages.set(record.id, record);
}

function isPinned({ pinnedAt, deletedAt }: MessageRecord): boolean {
  return pinnedAt !== undefined && deletedAt === undefined;
}

function lastFirst({ pinnedAt: one = 0 }: MessageRecord, { pinnedAt: other = 0 }: MessageRecord): number {
  return other - one;
}
