import type { Command } from "@tidings/core/protocol";
import type { Refusal } from "../store/store.ts";
import { refuse } from "./packets.ts";

/** What people may call the conversations they begin: what they like, or nothing that could be guessed. */
export type ConversationIds = "chosen" | "random";

/** UUIDs of version 4 and 7, of which at least 74 bits are random. */
const RANDOM = /^[\da-f]{8}-[\da-f]{4}-[47][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u;

const guessable = refuse(
  "permission/denied",
  "unable to begin the conversation; here its id must be a UUID of version 4 or 7",
);

/**
 * Who may choose ids can go through names, and learn from the refusals which of them are taken (D8). Where ids are random
 * this is asked before anything is looked up, so that the answer is the same for every name.
 */
export function idObstacle(allowed: ConversationIds, command: Command): Refusal | undefined {
  if (allowed === "chosen" || command.type !== "conversation.create") return undefined;
  return RANDOM.test(command.conversationId) ? undefined : guessable;
}
