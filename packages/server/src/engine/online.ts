import type { ConversationSettings, Head, PresenceStatus } from "@tidings/core/protocol";
import { BoundedMap } from "../bounded-map.ts";
import type { FrameList } from "./frame-list.ts";
import type { Lane } from "./lanes.ts";
import type { Outlet } from "./outlet.ts";

/**
 *     new ──hello──► greeting ──welcome──► open
 *      └───────────────┴─────────────────────┴──► closed
 */
export type Phase = "new" | "greeting" | "open" | "closed";

/** Lanes remembered per link. A forgotten one starts again at 1, which its client learns from the refusal (D9). */
const MOST_LANES = 1_000;

const noConversations: readonly LiveConversation[] = Object.freeze([]);

/** What a pong reported: every move up to `moves`. */
export interface SentPong {
  readonly n: number;
  readonly moves: number;
}

const noPongs: readonly SentPong[] = Object.freeze([]);

/** One link of one client, from the upgrade to the close. There may be ten thousand: what is rare is made when needed. */
export class Session {
  readonly id: string;
  readonly outlet: Outlet;
  readonly openedAt: number;
  phase: Phase = "new";
  clientId = "";
  /** Set while the phase is `open`. */
  user: OnlineUser | undefined;
  /** When the client last gave a sign of life. */
  seenAt: number;
  /** When its token ends, server time in ms. */
  expiresAt: number = Infinity;
  /** When it was issued, server time in ms; undefined if it does not say. */
  issuedAt: number | undefined;
  /** What its user's tier multiplies the rates by. */
  rateFactor = 1;
  status: PresenceStatus = "online";
  watching: readonly LiveConversation[] = noConversations;
  /** Of those, where it was not yet shown who is there. */
  unseen: readonly LiveConversation[] = noConversations;
  /** Frames not written yet. */
  waiting: FrameList;
  /** They are to be written in this turn of the event loop. */
  isDue = false;
  /** Submits and queries not answered yet. */
  inFlight = 0;
  /** The bucket of the flood guard, and how often it was found empty in a row. */
  frameTokens: number;
  framesRefilledAt: number;
  framesRefused = 0;
  pongs: readonly SentPong[] = noPongs;
  #lanes: BoundedMap<string, Lane> | undefined;

  constructor(id: string, outlet: Outlet, now: number, none: FrameList, frameTokens: number) {
    this.id = id;
    this.outlet = outlet;
    this.openedAt = now;
    this.seenAt = now;
    this.waiting = none;
    this.frameTokens = frameTokens;
    this.framesRefilledAt = now;
  }

  lane(conversationId: string): Lane {
    this.#lanes ??= new BoundedMap(MOST_LANES);
    let lane = this.#lanes.get(conversationId);
    if (!lane) {
      lane = { done: 0, taken: 0 };
      this.#lanes.set(conversationId, lane);
    }
    return lane;
  }
}

/** A user with a link here, or who had one a moment ago. */
export interface OnlineUser {
  readonly id: string;
  readonly sessions: Session[];
  readonly conversations: Set<LiveConversation>;
  /** As last told to others. */
  status: PresenceStatus;
  /** Greetings under way, which keep the user on the roster. */
  greetings: number;
  /** Without a link, when to forget the user, server time in ms. */
  expiresAt: number;
}

/** A conversation that somebody online is in. */
export interface LiveConversation {
  readonly id: string;
  readonly users: Set<OnlineUser>;
  head: Head;
  settings: ConversationSettings;
  /** The roster's `moves` when it last changed. */
  movedAt: number;
  /** From which revision on they are surely in, of those for whom that is not known. */
  unsure: Map<OnlineUser, number> | undefined;
  /** Links that look at it now. */
  watchers: Set<Session> | undefined;
  /** Who is typing, and until when. */
  typing: Map<string, number> | undefined;
}
