import type { JsonObject } from "../base/json.ts";
import type { CustomOf, CustomSchemas, JsonCustom } from "../compose/custom.ts";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { OutboxEntry } from "../outbox/entry.ts";
import type { Change } from "../protocol/changes.ts";
import type { Receipt } from "../protocol/receipts.ts";
import type { ConversationRecord, MessageRecord, ParticipantRecord } from "../protocol/records.ts";
import type { SignalEvent } from "../protocol/signals.ts";

/** A reaction came or went. */
export interface ReactionEvent<Custom = JsonObject> {
  readonly conversationId: string;
  readonly message: MessageRecord<Custom>;
  readonly userId: string;
  readonly emoji: string;
}

/**
 * What `client.on` can tell, by name. Events are news, state is in the observables: an event that a broken link
 * swallowed is never repeated, while the state catches up by itself.
 */
export interface ClientEvents<Schemas extends CustomSchemas = JsonCustom> {
  /** Any durable change, one's own included; as the backend said it, `custom` too. */
  readonly change: Change;
  /** Someone else, or oneself on another device, said something. */
  readonly message: MessageRecord<CustomOf<Schemas, "message">>;
  /** One's own command was accepted, failed, or moved on in another way. */
  readonly outbox: OutboxEntry;
  readonly receipt: Receipt;
  readonly signal: SignalEvent;
  readonly "reaction.added": ReactionEvent<CustomOf<Schemas, "message">>;
  readonly "reaction.removed": ReactionEvent<CustomOf<Schemas, "message">>;
  readonly conversation: ConversationRecord<CustomOf<Schemas, "conversation">>;
  readonly participant: ParticipantRecord;
  /** Something went wrong that no promise reports: a listener threw, a token could not be had, … */
  readonly error: MessagingError;
}
