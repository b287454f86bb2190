import type { Observable, Unsubscribe } from "../../base/observable.ts";
import { whileWatched } from "../../base/while-watched.ts";
import { internalsOf } from "../../client/internals.ts";
import type { Client } from "../../client/types.ts";
import type { CustomSchemas } from "../../compose/custom.ts";
import { hasPreviews, previewableLinks } from "../../domain/links.ts";
import { isSameJson } from "../../domain/outcome.ts";
import type { LinkPreview, PreviewQuery } from "../../protocol/previews.ts";
import { createPreviewBook, type PreviewBook } from "./preview-book.ts";

/** The first link of a message, and what its page says of itself. */
export interface PreviewView {
  readonly url: string;
  /** Where it leads, as browsers name it: beside what a stranger says, and not in their hands. */
  readonly host: string;
  /** False until the backend has answered. */
  readonly isKnown: boolean;
  readonly preview?: LinkPreview;
}

const books = new WeakMap<object, PreviewBook>();

/**
 * What the first link of a message leads to. `undefined` where there is no link, the conversation wants none to be looked
 * up, or the backend looks none up. The backend is asked while somebody listens; offline it is what was known before.
 */
export function openPreview<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  conversationId: string,
  messageId: string,
): Observable<PreviewView | undefined>;
export function openPreview(
  client: Client,
  conversationId: string,
  messageId: string,
): Observable<PreviewView | undefined> {
  const { core } = internalsOf(client);
  const room = client.conversation(conversationId);
  const replica = core.directory.open(conversationId);
  const book = bookOf(client);

  const asked = (): PreviewQuery | undefined => {
    const message = replica.records.message(messageId);
    const settings = room.record.get()?.settings;
    if (!message || !settings || !hasPreviews(settings) || !core.limits().previews) return undefined;
    const [url] = previewableLinks(message);
    return url === undefined ? undefined : { type: "preview", conversationId, messageId, url };
  };
  const view = core.scope.lazy((): PreviewView | undefined => {
    const query = asked();
    if (!query || !URL.canParse(query.url)) return undefined;
    const { url } = query;
    const answer = book.find(query);
    const { preview } = answer ?? {};
    return { url, host: new URL(url).host, isKnown: answer !== undefined, ...(preview && { preview }) };
  }, isSameJson);

  const look = (): void => {
    const query = asked();
    const isThere = Boolean(replica.records.message(messageId)?.seq); // nobody knows what is not sent yet
    if (query && isThere && client.connection.get().name === "online") book.want(query);
    view.invalidate();
  };
  const begin = (): readonly Unsubscribe[] => {
    look();
    return [
      book.subscribe(() => view.invalidate()),
      ...[room.timeline, room.record, client.policy, client.connection].map((each) => each.subscribe(look)),
    ];
  };
  return whileWatched(view, begin);
}

function bookOf(client: Client): PreviewBook {
  const { core, session } = internalsOf(client);
  const book =
    books.get(client) ??
    createPreviewBook({
      ...{ clock: core.clock, serverNow: session.serverNow, userId: core.userId },
      query: core.loader.query,
    });
  books.set(client, book);
  return book;
}
