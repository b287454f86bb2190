import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import { MessagingError, toMessagingError } from "../errors/messaging-error.ts";
import type { Link } from "../ports/transport.ts";
import { isNotebook } from "../protocol/notes.ts";
import type { ConversationSummary } from "../protocol/queries.ts";
import type { Replica } from "../timeline/replica.ts";
import type { Directory } from "./directory.ts";
import { createJobs } from "./jobs.ts";
import type { Loader } from "./loader.ts";

export interface SyncOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly directory: Directory;
  readonly loader: Loader;
  readonly pageSize: () => number;
  /** Watermarks of others travel. */
  readonly hasReceipts: boolean;
  /** The list of conversations has arrived, as far as one page goes. */
  readonly onListed: () => void;
  readonly onError: (error: MessagingError) => void;
}

/**
 * Keeps replicas complete (D4). The backend subscribes a link before it tells the heads, and changes may be applied in
 * any order, so there is no moment between "fetched" and "subscribed" in which one could be lost: whatever a head or a
 * push shows to be missing is asked for, and applying it twice does no harm.
 */
export interface Sync {
  /** A new link, its heads known: resume. None: stop. */
  use(link: Link | undefined): void;
  /** It has a page to show, from storage: what happened since is all it lacks. */
  restored(replica: Replica): void;
  /** Brings one replica up to date if it is not; cheap enough to call after every event. */
  check(replica: Replica): void;
}

/** Conversations brought up to date side by side. */
const WIDTH = 4;
/** The first page of the list at each resume; the rest follows from heads and pushes. */
const CONVERSATIONS = 100;
/** Messages held of a conversation nobody has open, before its summary takes their place. */
export const MOST_UNOPENED = 50;
/** Who has missed more than this begins anew at the newest page, and pages upwards when the reader does. */
const MOST_MISSED = 2_000;

export function createSync(options: SyncOptions): Sync {
  const { clock, random, directory, loader, pageSize, hasReceipts, onListed, onError } = options;
  const jobs = createJobs({
    ...{ clock, random, width: WIDTH },
    onError: (conversationId, error) =>
      onError(conversationId ? aboutConversation(error, conversationId) : error),
  });
  /** In which epoch the newest page of an open conversation was loaded; pushes and catch-up keep it whole. */
  const paged = new WeakMap<Replica, string>();
  /** Whose watermarks were asked for on this link: they have no revisions by which one could be missed. */
  let heard = new WeakSet<Replica>();
  /** Of which this link has said that the user is not in them; the next is asked again, as they may be back in. */
  let refused = new WeakSet<Replica>();
  /** Direct conversations whose people were asked for: a summary does not say who the other is. */
  const peopled = new WeakSet<Replica>();
  let isLinked = false;

  const loadConversations = async (): Promise<void> => {
    const page = await loader.query({ type: "conversations", limit: CONVERSATIONS });
    for (const summary of page.items) {
      const replica = directory.get(summary.conversation.conversationId);
      take(replica, summary);
      check(replica);
    }
    onListed();
    const listed = new Set(page.items.map(({ conversation }) => conversation.conversationId));
    for (const { conversationId } of directory.list.get()) {
      const isDoubtful = page.next === undefined || directory.isOpen(conversationId);
      if (isDoubtful && !listed.has(conversationId))
        await unlessLeft(directory.get(conversationId), summarise);
    }
  };

  /** Who was removed while they were away is not told so by anybody: they find out when they ask. */
  const unlessLeft = async (replica: Replica, ask: (of: Replica) => Promise<void>): Promise<void> => {
    const { rev } = replica.records.head;
    try {
      await ask(replica);
    } catch (error) {
      if (toMessagingError(error).code !== "conversation/not-found") throw error;
      refused.add(replica);
      // A notebook begins with the first note.
      if (!replica.acceptAbsence(rev) && !isNotebook(replica.conversationId)) throw error;
    }
  };

  /** A conversation nobody has open needs no more than its summary: what it holds else may go (D9). */
  const take = (replica: Replica, summary: ConversationSummary): void => {
    if (!directory.isOpen(replica.conversationId) && !isSlight(replica)) replica.reset();
    replica.acceptSummary(summary);
  };

  /** Nothing is missing, and little is held. */
  const isSlight = ({ view }: Replica): boolean => {
    const { missing, items } = view.get();
    return !missing && items.length <= MOST_UNOPENED;
  };

  const lacksOther = (replica: Replica): boolean =>
    replica.conversation.get()?.kind === "direct" &&
    replica.members.get().length < 2 &&
    !peopled.has(replica);

  const summarise = async (replica: Replica): Promise<void> => {
    const { conversationId } = replica;
    take(replica, await loader.query({ type: "conversation", conversationId }));
    if (!lacksOther(replica)) return;
    await loader.participants(replica);
    peopled.add(replica);
  };

  const backfill = async (replica: Replica): Promise<void> => {
    const { conversationId } = replica;
    if (!replica.records.conversation) await summarise(replica);
    for (let missing = replica.view.get().missing; missing; missing = replica.view.get().missing) {
      const { afterRev, upTo } = missing;
      if (upTo - afterRev > MOST_MISSED) {
        replica.reset();
        break;
      }
      const page = await loader.query({ type: "changes", conversationId, afterRev, limit: pageSize() });
      replica.acceptChanges(page, afterRev);
      if (replica.view.get().missing?.afterRev === afterRev) throw stalled(conversationId);
    }
    if (!isWhole(replica)) await loader.newest(replica);
    if (replica.isStale) await summarise(replica);
    if (replica.confirmed().lacksNotes) await loader.notes(replica);
    markPaged(replica);
    if (isHeard(replica)) return;
    const onThisLink = heard;
    await loader.receipts(replica);
    onThisLink.add(replica);
  };

  const markPaged = (replica: Replica): void => {
    const { cursor } = replica;
    if (cursor) paged.set(replica, cursor.epoch);
  };

  /** An open conversation has a page to show, and everything that happened since. */
  const isWhole = (replica: Replica): boolean => {
    const { cursor, isStale } = replica;
    const { missing, hasNewer } = replica.view.get();
    return (
      cursor !== undefined &&
      paged.get(replica) === cursor.epoch &&
      !missing &&
      !hasNewer &&
      !isStale &&
      !replica.confirmed().lacksNotes
    );
  };

  const isHeard = (replica: Replica): boolean => !hasReceipts || heard.has(replica);

  const check = (replica: Replica): void => {
    if (!isLinked) return;
    const { conversationId } = replica;
    const isOpen = directory.isOpen(conversationId);
    const isCurrent = isOpen
      ? isWhole(replica) && isHeard(replica)
      : replica.records.conversation && isSlight(replica) && !lacksOther(replica);
    const isRefused = refused.has(replica) && replica.view.get().absent;
    if (isCurrent || isRefused || isBeingBegun(replica)) return;
    jobs.run(conversationId, () => unlessLeft(replica, isOpen ? backfill : summarise));
  };

  return {
    check,
    restored: markPaged,
    use(link) {
      isLinked = link !== undefined;
      heard = new WeakSet();
      refused = new WeakSet();
      jobs.stop();
      if (!isLinked) return;
      jobs.run("", loadConversations);
      for (const replica of directory.all()) check(replica);
    },
  };
}

function aboutConversation(error: MessagingError, conversationId: string): MessagingError {
  const { code, message, retryable, retryAfterMs, issues } = error;
  return new MessagingError(code, { message, retryable, retryAfterMs, issues, conversationId, cause: error });
}

/** By a command of this client that has no answer yet: there is nothing to ask for. */
function isBeingBegun({ conversation }: Replica): boolean {
  return conversation.get()?.rev === 0;
}

function stalled(conversationId: string): MessagingError {
  return new MessagingError("protocol/malformed", {
    message: `unable to catch up in "${conversationId}"; the backend reports changes and does not give them`,
  });
}
