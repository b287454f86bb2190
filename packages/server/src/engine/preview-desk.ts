import type { ConversationRecord, MessageRecord, PreviewQuery } from "@tidings/core/protocol";
import type { Answer } from "../store/store.ts";

/** What answers for pages elsewhere. */
export interface PreviewDesk {
  /** @param scene - as the one who asks may see it. */
  answer(userId: string, query: PreviewQuery, scene: PreviewScene): Promise<Answer>;
  /** Forgets what is out of date. */
  sweep(): Promise<void>;
}

export interface PreviewScene {
  readonly conversation: ConversationRecord;
  readonly message: MessageRecord;
}
