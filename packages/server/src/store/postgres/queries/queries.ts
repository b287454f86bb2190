import type { Query, SearchQuery } from "@tidings/core/protocol";
import { notFound } from "../../../access.ts";
import type { Answer } from "../../store.ts";
import type { Session } from "../session.ts";
import { catchUp } from "./catch-up.ts";
import { history } from "./history.ts";
import { notes, participants, reactors, receipts, versions } from "./lists.ts";
import { open } from "./reader.ts";
import { page, summary } from "./summaries.ts";

/** Everything but `search`, which is on the clock. @param session - of the reader: what they may not read is not there. */
export async function answer(
  session: Session,
  epoch: string,
  readerId: string,
  query: Exclude<Query, SearchQuery>,
): Promise<Answer> {
  if (query.type === "conversations") return page(session, readerId, query);
  const reading = await open(session, readerId, query.conversationId);
  if (!reading) return notFound;
  switch (query.type) {
    case "changes":
      return catchUp(session, epoch, reading, query);
    case "history":
      return history(session, epoch, reading, query);
    case "conversation":
      return (await summary(session, readerId, query.conversationId)) ?? notFound;
    case "participants":
      return participants(session, reading, query);
    case "receipts":
      return receipts(session, reading, query);
    case "notes":
      return notes(session, reading, query);
    case "reactors":
      return reactors(session, reading, query);
    case "versions":
      return versions(session, reading, query);
  }
}
