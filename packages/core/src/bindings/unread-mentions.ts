import { gapsIn, rangesSize } from "../base/ranges.ts";
import type { Observable, Unsubscribe } from "../base/observable.ts";
import { isSameList } from "../base/same-list.ts";
import { whileWatched } from "../base/while-watched.ts";
import type { Core } from "../client/core.ts";
import { internalsOf } from "../client/internals.ts";
import type { Client } from "../client/types.ts";
import type { CustomSchemas } from "../compose/custom.ts";
import { isMentioned } from "../domain/search.ts";
import type { ChangeKind } from "../protocol/changes.ts";
import type { MessageRecord, ParticipantRecord } from "../protocol/records.ts";
import type { Replica } from "../timeline/replica.ts";
import { createMentionSearch, type MentionSearch } from "./mention-search.ts";
import { blocksOf } from "./search/merge.ts";

/** An unread message that mentions the user, by name, by role or as one of all: where to go to. */
export interface UnreadMention {
  readonly conversationId: string;
  readonly id: string;
  readonly seq: number;
}

/** By conversation, the oldest first; a conversation without any has no entry. */
export type UnreadMentions = ReadonlyMap<string, readonly UnreadMention[]>;

/** Unread messages of one conversation that are looked through: the newest (D9). */
const MOST_LOOKED_AT = 1_000;

/** What others think of a message changes nothing of whom it mentions. */
const SAID: ReadonlySet<ChangeKind> = new Set(["message.send", "message.edit", "message.delete"]);

const opened = new WeakMap<object, Observable<UnreadMentions>>();

/**
 * The unread messages that mention the user, of all conversations; the same object for one client. Found anew whenever
 * something changes, never counted up or down: in what the client holds, and where there is more unread than it holds, by a
 * search at the backend, the newest 200. Where the backend does not search it is what the client holds.
 *
 * Offline too, and by what the user has marked as read here. Asks the backend for as long as somebody listens.
 */
export function openUnreadMentions<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
): Observable<UnreadMentions>;
export function openUnreadMentions(client: Client): Observable<UnreadMentions> {
  const known = opened.get(client);
  if (known) return known;
  const mentions = create(client);
  opened.set(client, mentions);
  return mentions;
}

function create(client: Client): Observable<UnreadMentions> {
  const { core } = internalsOf(client);
  let latest: UnreadMentions = new Map();
  const unread = (): readonly Replica[] =>
    client.conversations.get().flatMap((item) => {
      const replica = item.unread > 0 ? core.directory.peek(item.conversationId) : undefined;
      return replica ? [replica] : [];
    });
  const search = createMentionSearch(core, () => state.invalidate());
  const state = core.scope.lazy<UnreadMentions>(
    () => (latest = found(core, search, unread(), latest)),
    isSame,
  );

  const follow = (): void => {
    state.invalidate();
    if (client.connection.get().name === "online") search.ask(() => unread().filter(lacks));
  };
  /** Is there more unread than is here, and than was asked for? */
  const lacks = (replica: Replica): boolean => {
    const { conversationId, known, readSeq, records } = replica;
    const from = Math.max(readSeq, search.coveredTo(conversationId)) + 1;
    const { floorSeq } = replica.confirmed().messages;
    return rangesSize(gapsIn(known, Math.max(from, floorSeq), records.head.seq)) > 0;
  };
  const begin = (): readonly Unsubscribe[] => {
    search.forget(); // nobody has told of what changed meanwhile
    follow();
    return [
      client.conversations.subscribe(follow),
      client.connection.subscribe(({ name }) => {
        if (name === "online") search.forget();
        follow();
      }),
      client.on("change", ({ record, kind }) => {
        const isSaid = record.type === "message" && SAID.has(kind);
        if (isSaid && search.absorb(record)) follow();
        else state.invalidate();
      }),
      core.updates.subscribe(state.invalidate),
      client.userId.subscribe(search.forget),
    ];
  };
  return whileWatched(state, begin);
}

function found(
  core: Core,
  search: MentionSearch,
  replicas: readonly Replica[],
  before: UnreadMentions,
): UnreadMentions {
  const isBlocked = blocksOf(core);
  const all = replicas.flatMap((replica): [string, readonly UnreadMention[]][] => {
    const self = replica.records.participant(core.userId() ?? "");
    if (!self) return [];
    const messages = [...heldIn(replica), ...search.messagesIn(replica)];
    const meant = messages.filter(
      (message) => !isBlocked(message.authorId) && isUnreadMention(message, self),
    );
    const places = meant.map(({ conversationId, id, seq }) => ({ conversationId, id, seq }));
    places.sort((one, other) => one.seq - other.seq);
    const earlier = before.get(replica.conversationId) ?? [];
    const isAsBefore = isSameList(places.map(idOf), earlier.map(idOf));
    return places.length > 0 ? [[replica.conversationId, isAsBefore ? earlier : places]] : [];
  });
  return new Map(all);
}

/** The unread messages that are here, pending changes of them included. */
function heldIn({ view, readSeq }: Replica): readonly MessageRecord[] {
  const { items } = view.get();
  const held: MessageRecord[] = [];
  for (let index = items.length - 1; index >= 0 && held.length < MOST_LOOKED_AT; index -= 1) {
    const item = items.at(index);
    if (item?.type !== "message" || item.message.seq === 0) continue; // not sent yet
    if (item.message.seq <= readSeq) break;
    held.push(item.message);
  }
  return held;
}

/** Of what is unread anyhow. */
function isUnreadMention({ authorId, deletedAt, content }: MessageRecord, self: ParticipantRecord): boolean {
  if (authorId === self.userId || deletedAt !== undefined || !("text" in content)) return false;
  return (content.ranges ?? []).some((range) => isMentioned(range, self));
}

function idOf({ id }: UnreadMention): string {
  return id;
}

function isSame(one: UnreadMentions, other: UnreadMentions): boolean {
  return one.size === other.size && [...one].every(([id, places]) => other.get(id) === places);
}
