import { isIn } from "@tidings/core/domain";
import type { ParticipantRecord } from "@tidings/core/protocol";
import type { Refusal } from "./store/store.ts";

/**
 * Who may read and receive (D8). The store asks before it answers, the engine before it delivers, and nobody else
 * decides: to read a conversation is to be in it now.
 */
export function mayRead(participant: ParticipantRecord | undefined): boolean {
  return isIn(participant);
}

/** For a conversation that does not exist and for one of others: word for word the same. */
export const notFound: Refusal = Object.freeze({
  ok: false,
  code: "conversation/not-found",
  message: "unable to find the conversation; it does not exist, or you are not in it",
});
