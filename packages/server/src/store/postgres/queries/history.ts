import type { HistoryQuery, MessageRecord } from "@tidings/core/protocol";
import { answered, type Reading } from "../../reading.ts";
import type { Answer } from "../../store.ts";
import type { Session } from "../session.ts";
import { build } from "../tables.ts";
import { ownReactions } from "./own-reactions.ts";

/** Answers `history`: an unbroken run of messages, in seq order. */
export async function history(
  session: Session,
  epoch: string,
  { readerId, conversation: { key, head } }: Reading,
  query: HistoryQuery,
): Promise<Answer> {
  const [messages, oldest] = await Promise.all([
    select(session, key, head.seq, query),
    session.first(
      build.selectFrom("messages").select("seq").where("conversation", "=", key).orderBy("seq").limit(1),
    ),
  ]);
  return answered<"history">({
    epoch,
    messages,
    fromSeq: messages[0]?.seq ?? 0,
    toSeq: messages.at(-1)?.seq ?? 0,
    floorSeq: oldest?.seq ?? head.seq + 1,
    head,
    own: await ownReactions(session, readerId, messages),
  });
}

async function select(
  session: Session,
  key: number,
  newest: number,
  { before = newest + 1, after, around, limit }: HistoryQuery,
): Promise<readonly MessageRecord[]> {
  if (around === undefined) {
    return after === undefined
      ? downwards(session, key, before, limit)
      : upwards(session, key, after, before, limit);
  }
  const older = await downwards(session, key, around, limit >> 1);
  return [...older, ...(await upwards(session, key, around - 1, newest + 1, limit - older.length))];
}

async function upwards(
  session: Session,
  key: number,
  after: number,
  before: number,
  limit: number,
): Promise<readonly MessageRecord[]> {
  const rows = await session.all(between(key, after, before).orderBy("seq").limit(limit));
  return rows.map(({ record }) => record);
}

async function downwards(
  session: Session,
  key: number,
  before: number,
  limit: number,
): Promise<readonly MessageRecord[]> {
  const rows = await session.all(between(key, 0, before).orderBy("seq", "desc").limit(limit));
  return rows.map(({ record }) => record).reverse();
}

function between(key: number, after: number, before: number) {
  return build
    .selectFrom("messages")
    .select("record")
    .where("conversation", "=", key)
    .where("seq", ">", after)
    .where("seq", "<", before);
}
