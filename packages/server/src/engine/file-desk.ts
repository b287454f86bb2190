import type { ConversationSummary, FileQuery } from "@tidings/core/protocol";
import type { Answer } from "../store/store.ts";

/** What answers for files. */
export interface FileDesk {
  /** @param summary - of the conversation, as the one who asks may see it. */
  answer(userId: string, query: FileQuery, summary: ConversationSummary): Promise<Answer>;
  /** Deletes what nobody needs any more. */
  sweep(): Promise<void>;
}
