import type { Core } from "../../client/core.ts";
import { hitOf } from "../../domain/search.ts";
import { isIn } from "../../domain/standing.ts";
import { notebookOf, noteIdOf } from "../../protocol/notes.ts";
import type { MessageRecord } from "../../protocol/records.ts";
import type { SearchFilter, SearchHit } from "../../protocol/search.ts";
import type { Place } from "./local.ts";
import type { SearchMatch } from "./types.ts";

type Known = Pick<Core, "directory" | "userId" | "reading">;

/** What the client holds of the conversations a search is about, and the user is in. */
export function placesOf(core: Known, { conversationId }: SearchFilter): readonly Place[] {
  const { directory } = core;
  const listed = directory.list.get().map((item) => item.conversationId);
  const ids = conversationId === undefined ? listed : [conversationId];
  return ids.flatMap((id) => placeOf(core, id) ?? []);
}

function placeOf({ directory, userId }: Known, id: string): Place | undefined {
  const replica = directory.peek(id);
  const self = replica?.records.participant(userId() ?? "");
  return replica && self && isIn(self) ? { view: replica.view.get(), self } : undefined;
}

/** What was found, by where. */
export interface Found {
  /** In memory: as it is shown. */
  readonly local: readonly SearchHit[];
  /** On storage. */
  readonly kept: readonly SearchHit[];
  /** By the backend. */
  readonly remote: readonly SearchHit[];
}

/** Each message once, the newest first; as the client knows it best. Nothing that the user has hidden, or of whom they block. */
export function merged(
  core: Known,
  filter: SearchFilter,
  { local, kept, remote }: Found,
): readonly SearchMatch[] {
  const found = new Map<string, SearchMatch>();
  const add = (hit: SearchHit, isLocal: boolean): void => {
    const { id, rev } = hit.message;
    if ((found.get(id)?.message.rev ?? -1) > rev) return;
    const current = known(core, filter, hit) ?? {
      ...{ ...hit, isLocal },
      message: core.reading.message(hit.message),
    };
    if (current !== "gone") found.set(id, current);
  };
  for (const hit of remote) add(hit, false);
  for (const hit of kept) add(hit, true);
  for (const hit of local) found.set(hit.message.id, { ...hit, isLocal: true });
  const [isBlocked, isHidden] = [blocksOf(core), hiddenOf(core)];
  return [...found.values()]
    .filter(({ message }) => !isBlocked(message.authorId) && !isHidden(message))
    .sort(newestFirst);
}

/** What the user has deleted for themselves, as far as their notebook is held here. */
function hiddenOf({
  directory,
  userId,
}: Known): (message: Pick<MessageRecord, "id" | "conversationId">) => boolean {
  const notes = directory.peek(notebookOf(userId() ?? ""))?.records;
  return ({ id: messageId, conversationId }) =>
    notes?.note(noteIdOf({ kind: "hidden", conversationId, messageId }))?.value !== undefined;
}

/** Whom the user wants no contact with, as far as their notebook is held here. */
export function blocksOf({
  directory,
  userId,
}: Pick<Core, "directory" | "userId">): (authorId: string) => boolean {
  const conversationId = notebookOf(userId() ?? "");
  const notes = directory.peek(conversationId)?.records;
  return (authorId) =>
    notes?.note(noteIdOf({ kind: "block", conversationId, userId: authorId }))?.value !== undefined;
}

/** What the client itself says of a message the backend has found: it may know of later changes. */
function known(core: Known, filter: SearchFilter, { message }: SearchHit): SearchMatch | "gone" | undefined {
  const replica = core.directory.peek(message.conversationId);
  const place = placeOf(core, message.conversationId);
  if (replica?.records.participant(core.userId() ?? "") && !place) return "gone"; // one has left, or was removed
  const record = replica?.records.message(message.id);
  if (!place || !record || record.rev < message.rev) return undefined;
  const { items } = place.view;
  const item = items.at(items.indexOf(message.id));
  const isShown = item?.type === "message" && item.key === message.id;
  const hit = isShown && hitOf(item.message, filter, place.self);
  return hit ? { ...hit, isLocal: true } : "gone";
}

function newestFirst({ message: one }: SearchMatch, { message: other }: SearchMatch): number {
  if (one.createdAt !== other.createdAt) return other.createdAt - one.createdAt;
  return one.id < other.id ? 1 : -1;
}
