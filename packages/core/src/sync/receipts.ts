import type { Cancel, Clock } from "../base/clock.ts";
import { highest, isAbove, nowhere, type Watermark } from "../domain/watermark.ts";
import { toMessagingError } from "../errors/messaging-error.ts";
import type { Link } from "../ports/transport.ts";
import type { Ack } from "../protocol/changes.ts";

export interface ReceiptSenderOptions {
  readonly clock: Clock;
  readonly nextId: () => string;
  readonly onAck: (ack: Ack) => void;
  /** The backend has confirmed the newest mark of a conversation, or refused it for good. */
  readonly onDone: (conversationId: string) => void;
}

/**
 * Tells the backend how far this user has got: the newest watermark of each conversation, coalesced, outside the
 * lanes. Watermarks only rise and the higher one wins, so any may be lost and the newest is sent again on a new link.
 */
export interface ReceiptSender {
  mark(conversationId: string, watermark: Partial<Watermark>): void;
  use(link: Link | undefined): void;
  close(): void;
}

interface Wanted {
  mark: Watermark;
  /** What the backend has confirmed. */
  done: Watermark;
}

/** Receipts of a burst of messages leave as one. */
const COALESCE_MS = 300;
const RETRY_MS = 5_000;

export function createReceiptSender(options: ReceiptSenderOptions): ReceiptSender {
  const { clock, nextId, onAck, onDone } = options;
  const wanted = new Map<string, Wanted>();
  /** Those to be told when the timer rings. */
  const due = new Set<string>();
  let link: Link | undefined;
  let timer: Cancel | undefined;

  const schedule = (delayMs: number): void => {
    if (link) timer ??= clock.after(delayMs, flush);
  };

  const flush = (): void => {
    timer = undefined;
    const ids = [...due];
    due.clear();
    for (const id of ids) {
      const entry = wanted.get(id);
      if (entry && link && isAbove(entry.mark, entry.done)) submit(id, entry, link);
    }
  };

  const submit = (conversationId: string, entry: Wanted, on: Link): void => {
    const mark = entry.mark;
    const command = {
      type: "receipt.mark",
      commandId: nextId(),
      conversationId,
      at: clock.now(),
      ...mark,
    } as const;
    on.submit(command).then(
      (ack) => {
        entry.done = highest(entry.done, ack.receipt ?? mark); // never beyond the newest message
        if (entry.mark === mark) entry.mark = entry.done; // what lies beyond it is not wanted any longer
        onAck(ack);
        if (!isAbove(entry.mark, entry.done)) onDone(conversationId);
      },
      (error: unknown) => {
        if (toMessagingError(error).retryable) {
          due.add(conversationId);
          if (on === link) schedule(RETRY_MS);
          return;
        }
        wanted.delete(conversationId); // whoever comes back in later may mark the same again
        onDone(conversationId);
      },
    );
  };

  return {
    mark(conversationId, watermark) {
      let entry = wanted.get(conversationId);
      if (!entry) wanted.set(conversationId, (entry = { mark: nowhere, done: nowhere }));
      entry.mark = highest(entry.mark, { ...nowhere, ...watermark });
      if (!isAbove(entry.mark, entry.done)) return onDone(conversationId);
      due.add(conversationId);
      schedule(COALESCE_MS);
    },
    use(newLink) {
      link = newLink;
      // What is done is forgotten: in another epoch the same sequences are other messages.
      for (const [id, { mark, done }] of wanted) {
        if (isAbove(mark, done)) due.add(id);
        else wanted.delete(id);
      }
      timer?.();
      timer = undefined;
      schedule(COALESCE_MS);
    },
    close() {
      link = undefined;
      timer?.();
    },
  };
}
