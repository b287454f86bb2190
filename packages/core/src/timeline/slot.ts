import type { Sized } from "../base/radix-map.ts";
import type { DeliveryStatus } from "../delivery/machine.ts";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { MessageRecord } from "../protocol/records.ts";
import type { MessageItem } from "./item.ts";

/** A message in its place. It weighs 1 if it counts as unread while it is above the reader's watermark. */
export interface Slot extends Sized {
  /** As shown: with pending commands applied. */
  readonly message: MessageRecord;
  /** What is to be said beside it; absent while no command on it is pending. */
  readonly overlay: SlotOverlay | undefined;
  /** The item last made of it: kept, so that it is the same object until something about it changes. */
  item: MessageItem | undefined;
}

export interface SlotOverlay {
  /** A command on this message waits for its answer. */
  readonly pending: boolean;
  /** Of a message not confirmed yet. */
  readonly status?: DeliveryStatus;
  /** Why a command on it failed. */
  readonly error: MessagingError | undefined;
  /** The reader's own reactions and votes as they will be, by emoji and `optionMark`. */
  readonly reacted: ReadonlyMap<string, boolean>;
}

export function slotOf(message: MessageRecord, weight: number, overlay?: SlotOverlay): Slot {
  return { size: 1, weight, message, overlay, item: undefined };
}
