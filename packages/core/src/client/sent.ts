import type { Entry } from "../outbox/entry.ts";
import type { Sent } from "./types.ts";

/** The application's handle on an entry of the outbox. */
export function sentOf(entry: Entry): Sent {
  return {
    id: entry.command.commandId,
    conversationId: entry.command.conversationId,
    get status() {
      return entry.status;
    },
    settled: () => entry.settled(),
  };
}

/** The handle on a message that was sent in an earlier life, under an id that was given again. */
export function alreadySent(conversationId: string, id: string): Sent {
  return { id, conversationId, status: "sent", settled: async () => ({ commandId: id, changes: [] }) };
}
