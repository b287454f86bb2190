import { type MessageRecord, THREAD_NAMES, type ThreadPage, type ThreadQuery } from "@tidings/core/protocol";
import { ownReactions, places, type Room } from "./room.ts";
import { docOf, isKept, sortKey } from "./rows.ts";

/** Of a partition there is no index by thread or pin, and none by time: it is walked through. */
async function allMessages(room: Room, to: number): Promise<readonly MessageRecord[]> {
  const found: MessageRecord[] = [];
  for await (const page of room.reader.dynamo.pages(places(room, 1, to)))
    for (const item of page) if (isKept(item, room.reader.at)) found.push(docOf(item));
  return found;
}

export async function byId({ reader, pk }: Room, ids: readonly string[]): Promise<readonly MessageRecord[]> {
  const found = await reader.dynamo.get([...new Set(ids)].map((id) => ({ pk, sk: sortKey.message(id) })));
  return found.filter((item) => isKept(item, reader.at)).map((item): MessageRecord => docOf(item));
}

export async function thread(
  room: Room,
  { threadId, before = Infinity, readSeq, limit }: ThreadQuery,
): Promise<ThreadPage> {
  const { epoch, userId } = room.reader;
  const { head } = room.meta;
  const [all, [root]] = await Promise.all([allMessages(room, head.seq), byId(room, [threadId])]);
  const replies = all.filter((message) => message.threadId === threadId);
  const older = replies.filter(({ seq }) => seq < before);
  const messages = older.slice(-limit);
  const isUnread = ({ authorId, deletedAt, seq }: MessageRecord): boolean =>
    authorId !== userId && deletedAt === undefined && seq > (readSeq ?? 0);
  return {
    ...{ epoch, messages, hasOlder: older.length > limit, head },
    ...(root && { root }),
    replies: replies.filter(({ deletedAt }) => deletedAt === undefined).length,
    userIds: [...new Set(replies.map(({ authorId }) => authorId))].slice(0, THREAD_NAMES),
    ...(readSeq !== undefined && { unread: { readSeq, count: replies.filter(isUnread).length } }),
    own: await ownReactions(room, [...(root ? [root] : []), ...messages]),
  };
}

export async function pins(room: Room): Promise<readonly MessageRecord[]> {
  const all = await allMessages(room, room.meta.head.seq);
  return all
    .filter(({ pinnedAt }) => pinnedAt !== undefined)
    .sort((one, other) => (other.pinnedAt ?? 0) - (one.pinnedAt ?? 0) || other.seq - one.seq);
}

export async function seqAt(room: Room, at: number): Promise<number> {
  const found = (await allMessages(room, room.meta.head.seq)).find(({ createdAt }) => createdAt >= at);
  return found?.seq ?? room.meta.head.seq;
}
