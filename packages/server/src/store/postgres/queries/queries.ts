import type { RecordQuery } from "@tidings/core/protocol";
import { notFound } from "../../../access.ts";
import { answered } from "../../reading.ts";
import type { Answer } from "../../store.ts";
import type { Session } from "../session.ts";
import { catchUp } from "./catch-up.ts";
import { history } from "./history.ts";
import { notes, participants, reactors, versions, voters } from "./lists.ts";
import { messages, pins, thread } from "./relations.ts";
import { open } from "./reader.ts";

/** The others are read for many at once (see `Together`), but for `search`, which is on the clock. */
export type ReadAlone = Exclude<
  RecordQuery,
  { readonly type: "conversations" | "conversation" | "receipts" | "search" }
>;

/** @param session - of the reader: what they may not read is not there. */
export async function answer(
  session: Session,
  epoch: string,
  readerId: string,
  query: ReadAlone,
): Promise<Answer> {
  const reading = await open(session, readerId, query.conversationId);
  if (!reading) return notFound;
  switch (query.type) {
    case "changes":
      return answered<"changes">(await catchUp(session, epoch, reading, query));
    case "history":
      return answered<"history">(await history(session, epoch, reading, query));
    case "participants":
      return participants(session, reading, query);
    case "notes":
      return notes(session, reading, query);
    case "messages":
      return messages(session, reading, query);
    case "thread":
      return thread(session, epoch, reading, query);
    case "pins":
      return pins(session, reading);
    case "reactors":
      return reactors(session, reading, query);
    case "voters":
      return voters(session, reading, query);
    case "versions":
      return versions(session, reading, query);
  }
}
