import type { Clock } from "../base/clock.ts";
import { within } from "../errors/within.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Link } from "../ports/transport.ts";
import type { NoteRecord } from "../protocol/notes.ts";
import type { HistoryQuery, Page, QueryOf, QueryResults, QueryType } from "../protocol/queries.ts";
import type { Replica } from "../timeline/replica.ts";

/** Fetches what a reader asks for. Asking again while a page is on its way waits for that page. */
export interface Loader {
  /** @throws {MessagingError} `connection/offline` without a link; the backend's refusal */
  query<Type extends QueryType>(query: QueryOf<Type>): Promise<QueryResults[Type]>;
  newest(replica: Replica): Promise<void>;
  /** The page before the oldest message held; nothing if there is none. @throws {MessagingError} also `conversation/not-found` */
  older(replica: Replica): Promise<void>;
  /** The page after the messages below the newest hole; nothing if there is no hole. */
  newer(replica: Replica): Promise<void>;
  /** The page around a place, or a time. */
  around(replica: Replica, place: Pick<HistoryQuery, "around" | "at">): Promise<void>;
  participants(replica: Replica): Promise<void>;
  /** All that stands in a notebook. */
  notes(replica: Replica): Promise<void>;
  /** Everybody's watermarks: they take no revisions, so that catching up does not bring them. */
  receipts(replica: Replica): Promise<void>;
}

export interface LoaderOptions {
  readonly clock: Clock;
  readonly link: () => Link | undefined;
  readonly pageSize: () => number;
}

/** A query not answered by then is as good as lost. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Of one list; a backend whose lists are longer is broken or hostile (D9). */
const MOST_PAGES = 1_000;

export function createLoader({ clock, link, pageSize }: LoaderOptions): Loader {
  const underway = new Map<string, Promise<void>>();

  const query: Loader["query"] = async (asked) => {
    const current = link();
    if (!current)
      throw new MessagingError("connection/offline", { message: "unable to load; there is no link" });
    return within(clock, ANSWER_TIMEOUT_MS, "connection/timeout", current.query(asked));
  };

  /**
   * One request at a time; those who ask meanwhile share it, unless they know of more than whoever asked: its answer, as
   * that one is not in the conversation, may be from before.
   */
  const once = (
    { conversationId, records }: Replica,
    what: unknown,
    load: () => Promise<void>,
  ): Promise<void> => {
    const key = JSON.stringify([conversationId, records.head.rev, what]);
    const running = underway.get(key);
    if (running) return running;
    const started = load().finally(() => underway.delete(key));
    underway.set(key, started);
    return started;
  };

  const page = (
    replica: Replica,
    place: Pick<HistoryQuery, "before" | "after" | "around" | "at">,
  ): Promise<void> => {
    const { conversationId } = replica;
    return once(replica, place, async () => {
      const limit = pageSize();
      replica.acceptHistory(await query({ type: "history", conversationId, limit, ...place }));
    });
  };

  /** All pages of a list. */
  const pages = async <Item>(
    read: (place: { readonly limit: number; readonly after?: string }) => Promise<Page<Item>>,
    accept: (items: readonly Item[]) => void,
  ): Promise<void> => {
    let after: string | undefined;
    for (let count = 0; count < MOST_PAGES; count += 1) {
      const found = await read({ limit: pageSize(), ...(after !== undefined && { after }) });
      accept(found.items);
      if (found.next === undefined || found.next === after) return;
      after = found.next;
    }
    throw new MessagingError("protocol/malformed", { message: "unable to load; the list does not end" });
  };

  const participants = ({ conversationId, records, acceptParticipants }: Replica): Promise<void> => {
    const { rev } = records.head;
    return pages(
      (place) => query({ type: "participants", conversationId, ...place }),
      (items) => acceptParticipants(items, rev),
    );
  };

  return {
    query,
    newest: (replica) => page(replica, {}),
    async older(replica) {
      const oldest = replica.known[0];
      const { hasOlder, absent } = replica.view.get();
      if (hasOlder || absent) await page(replica, oldest ? { before: oldest.from } : {});
    },
    async newer(replica) {
      const hole = replica.holes.at(-1);
      if (hole) await page(replica, { after: hole.from - 1 });
    },
    around: page,
    participants: (replica) => once(replica, "participants", () => participants(replica)),
    async notes({ conversationId, records, acceptNotes }) {
      const { rev } = records.head;
      const found: NoteRecord[] = [];
      await pages(
        (place) => query({ type: "notes", conversationId, ...place }),
        (items) => found.push(...items),
      );
      acceptNotes(found, rev);
    },
    receipts: ({ conversationId, acceptReceipt }) =>
      pages(
        (place) => query({ type: "receipts", conversationId, ...place }),
        (items) => items.forEach(acceptReceipt),
      ),
  };
}
