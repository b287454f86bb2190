import type { DeliveryStatus } from "../delivery/machine.ts";
import type { Entry } from "../outbox/entry.ts";
import type { Sent } from "./types.ts";

/** The application's handle on an entry of the outbox. A class, as an object with a getter of its own is slow to make. */
class Handle implements Sent {
  readonly id: string;
  readonly conversationId: string;
  readonly settled: Sent["settled"];
  readonly #entry: Entry;

  constructor(entry: Entry) {
    const { commandId, conversationId } = entry.command;
    this.id = commandId;
    this.conversationId = conversationId;
    this.settled = () => entry.settled();
    this.#entry = entry;
  }

  get status(): DeliveryStatus {
    return this.#entry.status;
  }
}

export function sentOf(entry: Entry): Sent {
  return new Handle(entry);
}

/** The handle on a message that was sent in an earlier life, under an id that was given again. */
export function alreadySent(conversationId: string, id: string): Sent {
  return { id, conversationId, status: "sent", settled: async () => ({ commandId: id, changes: [] }) };
}
