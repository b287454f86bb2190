import { isIn } from "@tidings/core/domain";
import type { ConversationSettings, ParticipantRecord } from "@tidings/core/protocol";
import type { Dynamo } from "./dynamo.ts";
import { behind } from "./room.ts";
import { docOf, META, partitionOf, readMeta } from "./rows.ts";

/** Who is to hear of what happens in a conversation. */
export interface Members {
  readonly userIds: readonly string[];
  readonly settings: ConversationSettings;
}

/** For whoever delivers; nobody is asked whether they may know. @returns nothing if there is no such conversation. */
export async function membersOf(database: Dynamo, conversationId: string): Promise<Members | undefined> {
  const pk = partitionOf(conversationId);
  const [meta, people] = await Promise.all([
    database.get([{ pk, sk: META }]),
    database.query(behind({ pk }, "P#")),
  ]);
  const [first] = meta;
  if (!first) return undefined;
  const userIds = people
    .map((item): ParticipantRecord => docOf(item))
    .filter(isIn)
    .map(({ userId }) => userId);
  return { userIds, settings: readMeta(first).conversation.settings };
}
