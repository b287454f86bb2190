import { type ReadTimeline, readSummary, readTimeline } from "../cache/read.ts";
import { cacheKeys } from "../cache/keys.ts";
import { summaryOf, timelineWrites } from "../cache/saved.ts";
import type { Core } from "../client/core.ts";
import { internalsOf } from "../client/internals.ts";
import type { CustomSchemas } from "../compose/custom.ts";
import type { Client } from "../client/types.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { ConversationSummary } from "../protocol/queries.ts";
import type { Replica } from "../timeline/replica.ts";

/** What a client shows, as JSON. What is in it is for `hydrate`, of the same version of this package. */
export interface ClientSnapshot {
  readonly version: 1;
  /** Whose it is: nobody else may see it. */
  readonly userId: string;
  /** The list is whole: `Client.listed`. */
  readonly listed: boolean;
  readonly conversations: readonly unknown[];
}

interface Hydrated {
  readonly epoch: string;
  readonly summary: ConversationSummary;
  readonly timeline: ReadTimeline | undefined;
}

/** As many as a client keeps in memory. */
const MOST_CONVERSATIONS = 1_000;

/**
 * What a client knows, for a page rendered on a server to take along: the list of conversations and, of those that are
 * open, the newest messages (1 000 at most), people and receipts. Left out is what is not complete, and what is pending.
 *
 * It holds what one user may read. Put no page that holds it into a shared cache; and in HTML escape `<`, or a message
 * may end the script it stands in: `JSON.stringify(snapshot).replaceAll("<", "\\u003c")`.
 *
 * @throws {MessagingError} `client/misused` before the client knows whose it is
 */
export function dehydrate<Schemas extends CustomSchemas>(client: Client<Schemas>): ClientSnapshot {
  const { directory, userId: of } = internalsOf(client).core;
  const userId = of();
  const listed = client.listed.get();
  if (userId === undefined) throw misused("dehydrate", "whose it is, nobody has said yet; connect first");
  const conversations = directory.all().flatMap((replica) => {
    const { cursor, conversationId } = replica;
    const summary = summaryOf(replica, userId);
    if (!summary || !cursor) return [];
    const { epoch } = cursor;
    if (!directory.isOpen(conversationId)) return { epoch, summary };
    const { operations } = timelineWrites(replica, cursor, cacheKeys(userId), [], undefined);
    const values = operations.map((operation) => operation.type === "put" && operation.value);
    return { epoch, summary, timeline: values.at(-1), messages: values.slice(0, -1) };
  });
  return { version: 1, userId, listed, conversations };
}

/**
 * Makes a new client show what another one knew, before the first render and without waiting. Once it connects it asks
 * only for what has happened since. Call it right after `createClient`. What it shows then stays to be had by `asHydrated`,
 * for what is rendered on top of the server's page only later.
 *
 * @param snapshot - of `dehydrate`, after a way through JSON; all of it is checked before any of it is shown.
 * @throws {MessagingError} `protocol/malformed` if it is damaged or of another version, `client/misused` if it is of
 *   another user than the client
 */
export function hydrate<Schemas extends CustomSchemas>(client: Client<Schemas>, snapshot: unknown): void {
  const { core, session } = internalsOf(client);
  const { version, userId, listed, conversations } = fieldsOf(snapshot);
  if (version !== 1 || typeof userId !== "string" || userId === "" || !Array.isArray(conversations))
    throw malformed("it is no snapshot of this version");
  if (conversations.length > MOST_CONVERSATIONS) throw malformed("it has too many conversations");
  const before = core.userId();
  if ((before ?? userId) !== userId) throw misused("hydrate", "the snapshot is of another user");
  const all = conversations.map(read);
  core.scope.batch(() => {
    session.userId.set(userId);
    session.listed.set(listed === true);
    for (const each of all) {
      session.suppose(each.epoch);
      if (session.epoch() !== each.epoch) continue; // the backend begins anew meanwhile
      const replica = core.directory.get(each.summary.conversation.conversationId);
      show(replica, each);
      if (each.timeline) core.sync.restored(replica);
    }
  });
  hold(core);
  if (before === undefined) core.keeper.changeUser(before);
}

/** What is computed on demand is held as it was read last. */
function hold({ scope, directory, presence, outbox }: Core): void {
  const shown = directory
    .all()
    .flatMap(({ view, conversation, members, receipts, unread }) => [
      ...[view, conversation, members, receipts, unread],
    ]);
  for (const { get } of [...shown, directory.list, presence.users, outbox.view]) get();
  scope.hold();
}

function show(replica: Replica, { epoch, summary, timeline }: Hydrated): void {
  replica.acceptEpoch(epoch);
  replica.acceptSummary(summary);
  if (!timeline) return;
  timeline.pages.forEach(replica.acceptHistory);
  replica.acceptParticipants(timeline.participants, timeline.rev);
  timeline.receipts.forEach(replica.acceptReceipt);
  if (timeline.notes) replica.acceptNotes(timeline.notes, timeline.rev);
}

function read(value: unknown): Hydrated {
  const { timeline: saved, messages } = fieldsOf(value);
  const { epoch, summary } = readSummary(value);
  if (epoch === undefined || !summary) throw malformed("a conversation in it is damaged");
  if (saved === undefined) return { epoch, summary, timeline: undefined };
  const timeline = Array.isArray(messages) ? readTimeline(saved, messages) : undefined;
  const { conversationId } = summary.conversation;
  const isWhole =
    timeline?.epoch === epoch && partsOf(timeline).every((part) => part.conversationId === conversationId);
  if (!timeline || !isWhole) throw malformed(`the messages of "${conversationId}" in it are damaged`);
  return { epoch, summary, timeline };
}

function partsOf({
  pages,
  participants,
  receipts,
  notes = [],
}: ReadTimeline): readonly { readonly conversationId: string }[] {
  return [
    ...pages.flatMap(({ head, messages }) => [head, ...messages]),
    ...participants,
    ...receipts,
    ...notes,
  ];
}

function fieldsOf(value: unknown): { readonly [key: string]: unknown } {
  return Object(value);
}

function malformed(reason: string): MessagingError {
  return new MessagingError("protocol/malformed", { message: `unable to hydrate; ${reason}` });
}

function misused(what: string, reason: string): MessagingError {
  return new MessagingError("client/misused", { message: `unable to ${what}; ${reason}` });
}
