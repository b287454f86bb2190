import type { JsonObject } from "../base/json.ts";
import type { DeliveryStatus } from "../delivery/machine.ts";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { MessageRecord } from "../protocol/records.ts";

/** One entry of a timeline. The same object for as long as nothing about it changes. */
export type TimelineItem<Custom = JsonObject> = MessageItem<Custom> | HoleItem;

/** @typeParam Custom - of the message's `custom`, if the app has a schema. */
export interface MessageItem<Custom = JsonObject> {
  readonly type: "message";
  /** The message's id; the same before and after it is confirmed. */
  readonly key: string;
  /** With one's own pending commands applied. `seq` and `rev` are 0 until the backend has answered. */
  readonly message: MessageRecord<Custom>;
  /**
   * How far one's own message has got: `delivered` and `read` as soon as one other participant has it, or has read it
   * (`readersOf` says who). Messages of others are `sent`.
   */
  readonly status: DeliveryStatus;
  /** Written by the reader. */
  readonly own: boolean;
  /** A command on this message waits for its answer. */
  readonly pending: boolean;
  /** Why the message, or a change of it, was refused. */
  readonly error: MessagingError | undefined;
}

/** Messages that exist and are not here (yet). */
export interface HoleItem {
  readonly type: "hole";
  readonly key: string;
  readonly fromSeq: number;
  readonly toSeq: number;
}
