/**
 * Delivery of one command, as a pure function over one table. No timers, no I/O.
 *
 *   queued ──attempt─▶ sending ──acked─▶ sent ──delivered─▶ delivered ──read─▶ read
 *     ▲ ◀─────lost───────┘ └─rejected─▶ failed    └────────────read──────────────▲
 *     └───────────────────────retry──────┘
 *   `rejected` also leads from queued to failed (the outbox gave up), `cancel` from queued and failed to cancelled,
 *   `acked` from everywhere before sent to sent.
 *
 * Laws (each is named by the test that checks it):
 *   1  An event that does not apply in a state changes nothing.
 *   2  An ack always wins: whatever we believed before, the backend has the message (D5).
 *   3  `lost` never loses a command: it is queued again (D1).
 *   4  Progress past `sent` is monotonic: a late `delivered` cannot undo `read` (D5).
 *
 * Edited, deleted and moderated are facts of the message and have nothing to do with its delivery.
 */
export type DeliveryStatus = "queued" | "sending" | "sent" | "delivered" | "read" | "failed" | "cancelled";

export type DeliveryEvent =
  "attempt" | "lost" | "acked" | "rejected" | "retry" | "cancel" | "delivered" | "read";

type Transitions = {
  readonly [Status in DeliveryStatus]: { readonly [Event in DeliveryEvent]?: DeliveryStatus };
};

/** The machine itself: the code, the diagram in the docs and the exhaustive test are made from it. */
export const deliveryTransitions: Transitions = {
  queued: { attempt: "sending", cancel: "cancelled", acked: "sent", rejected: "failed" },
  sending: { acked: "sent", lost: "queued", rejected: "failed" },
  failed: { retry: "queued", cancel: "cancelled", acked: "sent" },
  cancelled: { acked: "sent" },
  sent: { delivered: "delivered", read: "read" },
  delivered: { read: "read" },
  read: {},
};

/** The next status; the same one when the event does not apply (law 1). */
export function advanceDelivery(status: DeliveryStatus, event: DeliveryEvent): DeliveryStatus {
  return deliveryTransitions[status][event] ?? status;
}
