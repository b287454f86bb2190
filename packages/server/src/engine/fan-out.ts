import { mayRead } from "../access.ts";
import type { BusEvent, CommittedEvent, ReceiptEvent } from "../bus/bus.ts";
import type { Meter } from "../observe/meter.ts";
import type { Contacts } from "./contacts.ts";
import type { Packet } from "./frame-list.ts";
import type { Outbound } from "./outbound.ts";
import { changePacket, receiptPacket } from "./packets.ts";
import type { LiveConversation, OnlineUser, Session } from "./online.ts";
import type { Roster } from "./roster.ts";
import type { Signals } from "./signals.ts";

/** Up to this many people online everybody gets everybody's receipts; above, only who looks at the conversation. */
const RECEIPTS_TO_ALL = 100;

export interface FanOutOptions {
  readonly roster: Roster;
  readonly outbound: Outbound;
  readonly signals: Signals;
  readonly contacts: Contacts;
  readonly meter: Meter;
}

/** Delivers what happened to those who may know (D8): whoever is in the conversation at that very change. */
export class FanOut {
  readonly #roster: Roster;
  readonly #outbound: Outbound;
  readonly #signals: Signals;
  readonly #contacts: Contacts;
  readonly #meter: Meter;
  /** Changes and receipts handed to links so far. */
  deliveries = 0;

  constructor({ roster, outbound, signals, contacts, meter }: FanOutOptions) {
    this.#roster = roster;
    this.#outbound = outbound;
    this.#signals = signals;
    this.#contacts = contacts;
    this.#meter = meter;
  }

  deliver(event: BusEvent): void {
    switch (event.type) {
      case "committed":
        return this.#deliverChanges(event);
      case "receipt":
        return this.#deliverReceipt(event);
      case "typing":
        return this.#signals.showTyping(event);
      case "presence":
        return this.#signals.showPresence(event);
      case "erased":
      case "lost":
        return; // heard before it comes here
    }
  }

  #deliverChanges({ head, settings, changes, origin }: CommittedEvent): void {
    // Who comes in with this command gets all its changes; who goes out, those up to the one that says so.
    for (const { record } of changes) {
      if (record.type !== "participant" || !mayRead(record)) continue;
      const user = this.#roster.users.get(record.userId);
      if (user) this.#roster.admit(user, head, settings);
    }
    const live = this.#roster.conversation(head.conversationId);
    if (!live) return;
    live.settings = settings;
    if (head.rev > live.head.rev) live.head = head;
    live.movedAt = ++this.#roster.moves;
    for (const change of changes) {
      this.#toEverybody(live, changePacket(change), origin, change.rev);
      if (change.record.type === "participant" && !mayRead(change.record))
        this.#expel(live, change.record.userId);
      if (change.kind === "message.send") this.#signals.stopTyping(live, change.actorId);
    }
    // What was read again instead of heard says nothing of when its command came.
    if (origin !== undefined) this.#meter.since("delivery", changes[0]?.at ?? 0);
  }

  #expel(live: LiveConversation, userId: string): void {
    const user = this.#roster.users.get(userId);
    if (user) this.#roster.expel(user, live);
  }

  /** Whom a block parts hear nothing of each other: a receipt waits until it is known whom. */
  #deliverReceipt(event: ReceiptEvent): void {
    if (!this.#roster.conversation(event.receipt.conversationId)) return;
    this.#contacts.whenKnown(event.receipt.userId, () => this.#tellReceipt(event));
  }

  #tellReceipt({ receipt, settings, origin }: ReceiptEvent): void {
    const live = this.#roster.conversation(receipt.conversationId);
    if (!live) return;
    const packet = receiptPacket(receipt);
    const own = this.#roster.users.get(receipt.userId);
    const mayHear = this.#listeners(receipt.userId);
    if (settings.receipts && live.users.size <= RECEIPTS_TO_ALL) {
      for (const user of live.users)
        if (wasSurelyIn(live, user, live.head.rev) && mayHear(user))
          this.#toUser(user, packet, origin, this.#pushLater);
      return;
    }
    if (own && live.users.has(own)) this.#toUser(own, packet, origin, this.#pushLater);
    if (!settings.receipts) return;
    for (const session of live.watchers ?? [])
      if (session.user && session.user !== own && mayHear(session.user)) this.#pushLater(session, packet);
  }

  /** Who hears of what somebody does: nobody from whom a block parts them. */
  #listeners(userId: string): (user: OnlineUser) => boolean {
    if (this.#contacts.isFree(userId)) return () => true;
    return ({ id }) => !this.#contacts.areApart(userId, id);
  }

  /** @param rev - as of which revision it is said: of it learns who was surely in by then. */
  #toEverybody(live: LiveConversation, packet: Packet, origin: string | undefined, rev: number): void {
    for (const user of live.users)
      if (wasSurelyIn(live, user, rev)) this.#toUser(user, packet, origin, this.#push);
  }

  #toUser({ sessions }: OnlineUser, packet: Packet, origin: string | undefined, push: Push): void {
    for (const session of sessions) if (session.id !== origin) push(session, packet);
  }

  readonly #push: Push = (session, packet) => {
    this.deliveries += 1;
    this.#outbound.push(session, packet);
  };

  readonly #pushLater: Push = (session, packet) => {
    this.deliveries += 1;
    this.#outbound.pushLater(session, packet);
  };
}

type Push = (session: Session, packet: Packet) => void;

function wasSurelyIn({ unsure }: LiveConversation, user: OnlineUser, rev: number): boolean {
  return !unsure || rev >= (unsure.get(user) ?? 0);
}
