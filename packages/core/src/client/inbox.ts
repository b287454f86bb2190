import { assertNever } from "../base/assert-never.ts";
import type { Emitter } from "../base/emitter.ts";
import type { Scope } from "../base/observable.ts";
import type { Reading } from "../compose/custom.ts";
import { isIn } from "../domain/standing.ts";
import type { Outbox } from "../outbox/types.ts";
import type { LinkEvent } from "../ports/transport.ts";
import type { Presence } from "../presence/presence.ts";
import type { Ack, Change } from "../protocol/changes.ts";
import type { Policy } from "../protocol/policy.ts";
import type { RateLimiter } from "../rate-limit/rate-limiter.ts";
import type { Directory } from "../sync/directory.ts";
import type { ReceiptSender } from "../sync/receipts.ts";
import type { Sync } from "../sync/sync.ts";
import type { Replica } from "../timeline/replica.ts";
import type { ClientEvents } from "./events.ts";
import { announceChange } from "./news.ts";
import type { Session } from "./session.ts";

export interface InboxOptions {
  readonly scope: Scope;
  readonly events: Emitter<ClientEvents>;
  readonly reading: Reading;
  readonly session: Session;
  readonly directory: Directory;
  readonly presence: Presence;
  readonly limiter: RateLimiter;
  readonly receipts: ReceiptSender;
  /** Made after the inbox, as they report to it. */
  readonly outbox: () => Outbox;
  readonly sync: () => Sync;
  /** The user is another than before, or known at last. */
  readonly onUser: (before: string | undefined) => void;
}

/** Brings what a link tells to where it belongs. Decides nothing. */
export interface Inbox {
  /** Everything that came at once is shown at once. */
  receive(events: readonly LinkEvent[]): void;
  /** One's own command was accepted. */
  acked(ack: Ack): void;
}

export function createInbox(options: InboxOptions): Inbox {
  const { scope, events, reading, session, directory, presence, limiter, receipts, outbox, sync } = options;

  const follow = (policy: Policy): void => {
    session.policy.set(policy);
    limiter.learn(policy);
    presence.learn(policy);
  };

  const take = (change: Change, isOwn: boolean): void => {
    const { conversationId, kind, record } = change;
    const replica = directory.get(conversationId);
    replica.acceptChange(change);
    if (record.type === "participant" && record.userId === session.userId.get() && isIn(record))
      presence.entered(conversationId);
    if (kind === "message.send" && record.type === "message") {
      presence.said(conversationId, record.authorId);
      if (record.authorId !== session.userId.get()) markDelivered(replica, record.seq);
    }
    announceChange(events, reading, change, isOwn);
  };

  /** Of a conversation nobody has asked for, only what brings it into the list is: all else would be noise (D9). */
  const isOfUse = ({ conversationId, record }: Change): boolean =>
    record.type === "message" ||
    (record.type === "participant" && record.userId === session.userId.get()) ||
    directory.peek(conversationId) !== undefined;

  const announce = (change: Change): readonly Replica[] => {
    announceChange(events, reading, change, false);
    return [];
  };

  const markDelivered = (replica: Replica, seq: number): void => {
    if (replica.conversation.get()?.settings.receipts === false) return;
    receipts.mark(replica.conversationId, { deliveredSeq: seq });
  };

  const acked = (ack: Ack): void => {
    for (const change of ack.changes) take(change, true);
    if (ack.receipt) directory.peek(ack.receipt.conversationId)?.acceptAck(ack);
    const [first] = ack.changes;
    if (first) sync().check(directory.get(first.conversationId)); // one may have come in, or back in, just now
  };

  /** Answers with the replica the event was about, for it to be checked once all are in. */
  const accept = (event: LinkEvent): readonly Replica[] => {
    switch (event.type) {
      case "welcome": {
        const { welcome } = event;
        const before = session.userId.get();
        session.welcome(welcome);
        if (before !== welcome.userId) options.onUser(before);
        follow(welcome.policy);
        for (const replica of directory.all()) replica.acceptEpoch(welcome.epoch);
        // Of those not known, the list tells what there is to show; here they would only take up room (D9).
        for (const head of welcome.heads) directory.peek(head.conversationId)?.acceptHead(head);
        return []; // the new link's resume checks all
      }
      case "change": {
        const { change } = event;
        const isPending = outbox().find(change.commandId) !== undefined;
        if (isPending) outbox().confirm({ commandId: change.commandId, changes: [change] });
        else if (isOfUse(change)) take(change, false);
        else return announce(change);
        return [directory.get(change.conversationId)];
      }
      case "receipt": {
        directory.peek(event.receipt.conversationId)?.acceptReceipt(event.receipt);
        events.emit("receipt", event.receipt);
        return [];
      }
      case "signal":
        presence.receive(event.signal);
        events.emit("signal", event.signal);
        return [];
      case "heads":
        return event.heads.map((head) => {
          const replica = directory.get(head.conversationId);
          replica.acceptHead(head);
          return replica;
        });
      case "policy":
        follow(event.policy);
        return [];
      case "closed":
        return [];
      default:
        return assertNever(event);
    }
  };

  return {
    acked,
    receive: (received) =>
      scope.batch(() => {
        const touched = new Set(received.flatMap(accept));
        for (const replica of touched) sync().check(replica);
      }),
  };
}
