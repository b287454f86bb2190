import type { MessageRecord } from "@tidings/core/protocol";
import { sentAnswer } from "../answers.ts";
import type { StoredConversation } from "../rows.ts";
import {
  CONVERSATIONS_AT_ONCE,
  type Floor,
  floorOf,
  keepsAll,
  MESSAGES_AT_ONCE,
  type Pruned,
  prunedTo,
  type Retention,
  retentionOf,
} from "../upkeep.ts";
import type { Answers } from "./answers.ts";
import type { Connection } from "./database.ts";
import { conversationOf, type ConversationRow, decode } from "./tables.ts";

/** See `Upkeep`. To be called inside a transaction. */
export function createPrune(
  { prepare }: Connection,
  answers: Pick<Answers, "put">,
): (retention: Retention, after?: string) => Pruned {
  const page = prepare<ConversationRow>("SELECT * FROM conversations WHERE key > ? ORDER BY key LIMIT ?");
  const ownPage = prepare<ConversationRow>(
    "SELECT * FROM conversations WHERE has_retention = 1 AND key > ? ORDER BY key LIMIT ?",
  );
  const oldest = prepare<{ seq: number; created_at: number }>(
    "SELECT seq, created_at FROM messages WHERE conversation = ? ORDER BY seq LIMIT ?",
  );
  const remove = prepare<{ record: string }>(
    "DELETE FROM messages WHERE conversation = ? AND seq <= ? RETURNING record",
  );
  const removeVersions = prepare("DELETE FROM versions WHERE message_id = ?");
  const removeReactions = prepare("DELETE FROM reactions WHERE message_id = ?");
  const removeShown = prepare("DELETE FROM shown_files WHERE message_id = ?");
  const unpin = prepare("UPDATE conversations SET pins = pins - ? WHERE key = ?");

  const pruneOne = ({ key, head, record }: StoredConversation, retention: Retention): number => {
    const { conversationId, seq } = head;
    const to = prunedTo(oldest.all(key, MESSAGES_AT_ONCE), seq, retentionOf(record, retention));
    if (to === 0) return 0;
    const gone = remove.all(key, to).map(decode<MessageRecord>);
    unpin.run(gone.filter(({ pinnedAt }) => pinnedAt !== undefined).length, key);
    for (const { id, authorId: userId, createdAt } of gone) {
      removeVersions.run(id);
      removeReactions.run(id);
      removeShown.run(id);
      if (createdAt < retention.rememberedSince) continue;
      answers.put(id, { userId, conversationId, answer: sentAnswer(id, createdAt) }, createdAt);
    }
    return gone.length;
  };

  return (retention, after = "0") => {
    const candidates = (keepsAll(retention) ? ownPage : page).all(Number(after), CONVERSATIONS_AT_ONCE);
    const floors: Floor[] = [];
    let removed = 0;
    for (const [index, row] of candidates.entries()) {
      const candidate = conversationOf(row);
      removed += pruneOne(candidate, retention);
      // One transaction is not to take for long; the one it stopped at is not done, so it comes again.
      if (removed >= MESSAGES_AT_ONCE)
        return { removed, floors, next: String(candidates[index - 1]?.key ?? after) };
      const floor = floorOf(candidate, oldest.get(row.key, 1)?.seq);
      if (floor) floors.push(floor);
    }
    const last = candidates.at(-1);
    return candidates.length < CONVERSATIONS_AT_ONCE || !last
      ? { removed, floors }
      : { removed, floors, next: String(last.key) };
  };
}
