import type { RecordQuery } from "@tidings/core/protocol";
import { mayRead, notFound } from "../../../access.ts";
import type { Answer, Membership } from "../../store.ts";
import type { BlockTables } from "../blocks.ts";
import type { Connection } from "../database.ts";
import type { Rows } from "../../rows.ts";
import { createCatchUp } from "./catch-up.ts";
import { createHistory } from "./history.ts";
import { createLists } from "./lists.ts";
import { createSearch } from "./search.ts";
import { createRelations } from "./relations.ts";
import { answered, type Reading } from "../../reading.ts";
import { createSummaries } from "./summaries.ts";

/** Of no conversation. */
const NO_KEY = 0;

export interface Queries {
  answer(readerId: string, query: RecordQuery): Answer;
  memberships(userId: string): readonly Membership[];
}

export function createQueries(
  connection: Connection,
  tables: Rows,
  epoch: string,
  blocks: BlockTables,
): Queries {
  const catchUp = createCatchUp(connection, tables, epoch);
  const history = createHistory(connection, tables, epoch);
  const lists = createLists(connection, tables);
  const relations = createRelations(connection, tables, epoch);
  const summaries = createSummaries(connection, tables);

  /** The one door to a conversation: who does not get through learns nothing of it (D8). */
  const open = (readerId: string, conversationId: string): Reading | undefined => {
    const conversation = tables.conversation(conversationId);
    // Where there is none too: that it takes as long says as little as the words do.
    const self = tables.participant(conversation?.key ?? NO_KEY, readerId);
    return conversation && self && mayRead(self) ? { readerId, conversation, self } : undefined;
  };

  const search = createSearch(connection, open, (readerId) => blocks.of(readerId).own);

  const answer = (readerId: string, query: RecordQuery): Answer => {
    if (query.type === "conversations") return summaries.page(readerId, query);
    if (query.type === "search") return search(readerId, query);
    const reading = open(readerId, query.conversationId);
    if (!reading) return notFound;
    switch (query.type) {
      case "changes":
        return catchUp(reading, query);
      case "history":
        return history(reading, query);
      case "conversation":
        return answered<"conversation">(summaries.of(reading));
      case "participants":
        return lists.participants(reading, query);
      case "receipts":
        return lists.receipts(reading, query);
      case "notes":
        return lists.notes(reading, query);
      case "messages":
        return relations.messages(reading, query);
      case "thread":
        return relations.thread(reading, query);
      case "pins":
        return relations.pins(reading);
      case "reactors":
        return lists.reactors(reading, query);
      case "voters":
        return lists.voters(reading, query);
      case "versions":
        return lists.versions(reading, query);
    }
  };

  return { answer, memberships: (userId) => summaries.memberships(userId) };
}
