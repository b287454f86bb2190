import {
  type Head,
  type HelloFrame,
  MOST_HEADS,
  type Policy,
  PROTOCOL_VERSION,
} from "@tidings/core/protocol";
import type { BusEvent, CommittedEvent } from "../bus/bus.ts";
import type { Refusal, Store } from "../store/store.ts";
import { mayRead } from "../access.ts";
import type { Clock } from "./clock.ts";
import type { Contacts } from "./contacts.ts";
import type { Lobbies } from "./lobbies.ts";
import type { Outbound } from "./outbound.ts";
import { packetOf, refuse } from "./packets.ts";
import { policyFor } from "./rates.ts";
import type { Roster } from "./roster.ts";
import type { OnlineUser, Session } from "./online.ts";
import type { Signals } from "./signals.ts";

/** Whom a token speaks for. */
export interface Identity {
  readonly userId: string;
  /** Server time, ms; absent if the token does not expire. */
  readonly expiresAt?: number;
  /** Server time, ms; absent if the token does not say. */
  readonly issuedAt?: number | undefined;
  /** What this user's tier multiplies the rates by. Default 1. */
  readonly rateFactor?: number;
}

/** Decides whom a token speaks for, or refuses with `auth/expired` or `auth/invalid`. */
export type Authenticate = (token: string) => Promise<Identity | Refusal>;

export interface GreetingOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly outbound: Outbound;
  readonly signals: Signals;
  readonly contacts: Contacts;
  readonly lobbies: Lobbies;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly authenticate: Authenticate;
  readonly linksPerUser: number;
  /** Knows why a token that was good is not any more. */
  readonly sendOff: { obstacle(identity: Identity): Refusal | undefined };
}

/** Leads a link from its hello to its welcome. */
export class Greeting {
  readonly #options: GreetingOptions;
  /** Users being read from the store, so that several links of one user read once. */
  readonly #entering = new Map<string, Promise<OnlineUser>>();
  /** For each user being read, what was delivered meanwhile: their memberships may or may not include it. */
  readonly #missed = new Set<CommittedEvent[]>();

  constructor(options: GreetingOptions) {
    this.#options = options;
  }

  /** To be told of everything that is delivered, right after it was. */
  note(event: BusEvent): void {
    if (event.type === "committed") for (const missed of this.#missed) missed.push(event);
  }

  /** @returns why the link has to be closed, if it has to. */
  async greet(session: Session, { version, token }: HelloFrame): Promise<Refusal | undefined> {
    if (version !== PROTOCOL_VERSION) {
      return refuse(
        "protocol/version",
        `unable to understand version ${version}; this is ${PROTOCOL_VERSION}`,
      );
    }
    if (token === undefined) return refuse("auth/required", "unable to accept the link; it brought no token");
    const identity = await this.#options.authenticate(token);
    if ("ok" in identity) return identity;
    const user = await this.#enter(identity.userId);
    user.greetings += 1;
    try {
      await this.#options.lobbies.join(user);
    } finally {
      user.greetings -= 1;
    }
    return this.#admit(session, user, identity);
  }

  #enter(userId: string): OnlineUser | Promise<OnlineUser> {
    const known = this.#options.roster.users.get(userId);
    if (known) return known;
    let entering = this.#entering.get(userId);
    if (!entering) {
      entering = this.#read(userId).finally(() => this.#entering.delete(userId));
      this.#entering.set(userId, entering);
    }
    return entering;
  }

  async #read(userId: string): Promise<OnlineUser> {
    const { store, roster, clock, contacts } = this.#options;
    const missed: CommittedEvent[] = [];
    this.#missed.add(missed);
    try {
      const [memberships] = await Promise.all([store.memberships(userId), contacts.of(userId)]);
      const user = roster.add(userId, memberships, clock.now());
      for (const event of missed) this.#repeat(user, event);
      return user;
    } finally {
      this.#missed.delete(missed);
    }
  }

  /** Brings a user who was just read up to something that was delivered while they were. */
  #repeat(user: OnlineUser, { head, settings, changes }: CommittedEvent): void {
    const { roster } = this.#options;
    for (const { record } of changes) {
      if (record.type !== "participant" || record.userId !== user.id) continue;
      const live = roster.conversation(head.conversationId);
      if (mayRead(record)) roster.admit(user, head, settings);
      else if (live) roster.expel(user, live);
    }
    const live = roster.conversation(head.conversationId);
    if (live && head.rev > live.head.rev) live.head = head;
  }

  /** Without a pause in it: every change after the heads of this welcome is pushed to the session. */
  #admit(session: Session, user: OnlineUser, identity: Identity): Refusal | undefined {
    const { roster, outbound, signals, clock, policy, store, linksPerUser } = this.#options;
    const { expiresAt, rateFactor = 1 } = identity;
    if (session.phase !== "greeting") return undefined;
    const obstacle = this.#options.sendOff.obstacle(identity);
    if (obstacle) return obstacle;
    if (user.sessions.length >= linksPerUser) {
      return refuse("server/full", "unable to accept the link; this user has too many", 60_000);
    }
    const now = clock.now();
    session.phase = "open";
    session.user = user;
    session.expiresAt = expiresAt ?? Infinity;
    session.issuedAt = identity.issuedAt;
    session.rateFactor = rateFactor;
    session.pongs = [{ n: 0, moves: roster.moves }];
    session.seenAt = now;
    user.sessions.push(session);
    outbound.push(
      session,
      packetOf({
        type: "welcome",
        welcome: {
          userId: user.id,
          epoch: store.epoch,
          policy: policyFor(policy, rateFactor),
          heads: newestHeads(user),
          at: now,
          ...(expiresAt !== undefined && { tokenExpiresInMs: Math.max(0, expiresAt - now) }),
        },
      }),
    );
    signals.refreshPresence(user);
    return undefined;
  }
}

function newestHeads({ conversations }: OnlineUser): readonly Head[] {
  return [...conversations]
    .sort((one, other) => other.movedAt - one.movedAt)
    .slice(0, MOST_HEADS)
    .map((live) => live.head);
}
