import { isIn } from "@tidings/core/domain";
import type { MessageRecord, OwnReactions, ParticipantRecord, Receipt } from "@tidings/core/protocol";
import { type Dynamo, type Item, number, numberOf, type Stretch, text, textOf } from "./dynamo.ts";
import { notFound } from "./refusal.ts";
import { docOf, isKept, META, type Meta, partitionOf, readMeta, sortKey } from "./rows.ts";

/** Who asks, of what. */
export interface Reader {
  readonly dynamo: Dynamo;
  readonly epoch: string;
  readonly userId: string;
  readonly at: number;
}

/** A conversation, as one of its members may read it. */
export interface Room {
  readonly reader: Reader;
  readonly pk: string;
  readonly meta: Meta;
  readonly self: ParticipantRecord;
  /** The reader's own. */
  readonly receipt: Receipt | undefined;
}

/** Messages looked at together while the oldest that is kept is looked for. */
const FEW = 25;

/** @throws {MessagingError} `conversation/not-found`, the same whether it is unknown or of others. */
export async function enter(reader: Reader, conversationId: string): Promise<Room> {
  const [room] = await enterAll(reader, [conversationId]);
  if (!room) throw notFound();
  return room;
}

/** Those of the conversations that the reader is in, in no order. */
export async function enterAll(reader: Reader, conversationIds: readonly string[]): Promise<readonly Room[]> {
  const { dynamo, userId } = reader;
  const sks = [META, sortKey.participant(userId), sortKey.receipt(userId)];
  const pks = [...new Set(conversationIds)].map(partitionOf);
  const found = await dynamo.get(pks.flatMap((pk) => sks.map((sk) => ({ pk, sk }))));
  return pks.flatMap((pk): Room[] => {
    const [meta, self, receipt] = sks.map((sk) =>
      found.find((item) => textOf(item, "pk") === pk && textOf(item, "sk") === sk),
    );
    const participant: ParticipantRecord | undefined = self && docOf(self);
    if (!meta || !participant || !isIn(participant)) return [];
    return [{ reader, pk, meta: readMeta(meta), self: participant, receipt: receipt && docOf(receipt) }];
  });
}

/** The rows whose sort key begins with `prefix`, behind the one that ends with `after`. */
export function behind({ pk }: Pick<Room, "pk">, prefix: string, after = ""): Stretch {
  // No id holds a control character, so nothing stands between a key and the same with one at its end.
  const from = after === "" ? prefix : `${prefix}${after}\u0001`;
  return { pk, from: text(from), to: text(`${prefix}\u{10ffff}`) };
}

/** Messages by their place. */
export function places({ pk }: Room, from: number, to: number): Stretch {
  return { pk, index: "bySeq", from: number(from), to: number(to) };
}

/** The oldest message of an age at which messages are kept: from there on none is missing. */
export async function floorOf(room: Room): Promise<number> {
  const { reader, meta } = room;
  for await (const page of reader.dynamo.pages({ ...places(room, 1, meta.head.seq + 1), limit: FEW })) {
    const kept = page.find((item) => numberOf(item, "dueAt") > reader.at);
    if (kept) return numberOf(kept, "seq");
  }
  return meta.head.seq + 1;
}

/** Messages of others, not deleted, above the reader's read watermark. */
export async function unreadIn(room: Room): Promise<number> {
  const { reader, meta, receipt } = room;
  const readSeq = receipt?.readSeq ?? 0;
  if (readSeq >= meta.head.seq) return 0;
  let unread = 0;
  for await (const page of reader.dynamo.pages(places(room, readSeq + 1, meta.head.seq)))
    unread += page.filter((item) => isUnread(item, reader)).length;
  return unread;
}

function isUnread(item: Item, { userId, at }: Reader): boolean {
  if (textOf(item, "authorId") === userId || !isKept(item, at)) return false;
  const { deletedAt }: MessageRecord = docOf(item);
  return deletedAt === undefined;
}

/** The reader's reactions that the messages' few names do not show. */
export async function ownReactions(room: Room, messages: readonly MessageRecord[]): Promise<OwnReactions> {
  const { reader, pk } = room;
  const { userId, dynamo } = reader;
  const asked = messages.flatMap(({ id, reactions }) =>
    reactions
      .filter(({ userIds }) => !userIds.includes(userId))
      .map(({ emoji }) => ({ id, emoji, sk: sortKey.reaction(id, emoji, userId) })),
  );
  const found = await dynamo.get(asked.map(({ sk }) => ({ pk, sk })));
  const there = new Set(found.map((item) => textOf(item, "sk")));
  const own: Record<string, string[]> = {};
  for (const { id, emoji, sk } of asked) if (there.has(sk)) (own[id] ??= []).push(emoji);
  return own;
}
