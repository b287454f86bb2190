import { type Clock, systemClock } from "../base/clock.ts";
import { copyOf } from "../base/copy.ts";
import { createIds } from "../base/ids.ts";
import { type Random, systemRandom } from "../base/random.ts";
import type { CloseReason, Transport } from "../ports/transport.ts";
import type { Ack } from "../protocol/changes.ts";
import type { Command, Invitation } from "../protocol/commands.ts";
import { defaultPolicy, type Policy } from "../protocol/policy.ts";
import type { LinkPreview } from "../protocol/previews.ts";
import type { ConversationKind, MessageRecord } from "../protocol/records.ts";
import { Archive } from "./archive.ts";
import { createMischief, type MemoryFaults } from "./faults.ts";
import { type FileRequest, serveFile } from "./files.ts";
import { freezeDeep } from "./freeze.ts";
import { Hub } from "./hub.ts";
import { Intake } from "./intake.ts";
import { createMishaps } from "./mishaps.ts";
import { errorOf } from "./outcome.ts";
import { createPlans } from "./plans.ts";
import { createRetention } from "./retention.ts";
import type { Session } from "./session.ts";
import { Signals } from "./signals.ts";
import type { State } from "./state.ts";
import { type Authenticate, createTransport } from "./transport.ts";

/** A conversation that is there from the beginning. */
export interface MemoryConversation {
  readonly conversationId: string;
  readonly name?: string;
  /** `community` if absent. */
  readonly kind?: ConversationKind;
  /** Who is in it; if absent, everybody who connects comes in. */
  readonly participants?: readonly Invitation[];
}

export interface MemoryBackendOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  /** Limits and, if there are any, rates. If absent: the product's limits, and no rates. */
  readonly policy?: Policy;
  /** If absent: one, "general". */
  readonly conversations?: readonly MemoryConversation[];
  /** Whose token it is; needed only by transports made without a user. */
  readonly authenticate?: Authenticate;
  /** What pages say of themselves, by their address; asked where `policy.limits.previews` is set. If absent: nothing. */
  readonly preview?: (url: string) => LinkPreview | undefined;
}

/** A chat server without a network: it keeps everything in memory, by the same rules as the real one. */
export interface MemoryBackend {
  /** How one user reaches it; without `userId` the token decides (`authenticate`), and else everybody is "me". */
  transport(userId?: string): Transport;
  readonly faults: MemoryFaults;
  /**
   * Does something without a link, as a user or as the system; links hear of it.
   *
   * @throws {MessagingError} the refusal of the rules.
   */
  act(userId: string, command: Command, options?: { readonly system?: boolean }): Ack;
  /** All messages of a conversation, in order. */
  messages(conversationId: string): readonly MessageRecord[];
  /** How many links are open. */
  readonly links: number;
  /** Answers for the addresses of uploads, as `fetch` does for those of a server; those of downloads any `fetch` answers. */
  fetch(url: string, request?: FileRequest): Promise<Response>;
  /** Announces another policy, and goes by it. */
  setPolicy(policy: Policy): void;
}

const general: MemoryConversation = { conversationId: "general", name: "General" };

/** The actor of what the backend does by itself. */
const SYSTEM = "system";

export function createMemoryBackend(options: MemoryBackendOptions = {}): MemoryBackend {
  const { clock = systemClock, random = systemRandom, conversations = [general], authenticate } = options;
  const { preview = () => undefined } = options;
  const newId = createIds(clock, random);
  const mischief = createMischief(random);
  const hub = new Hub(mischief);
  const policy = options.policy ?? { ...defaultPolicy, rates: [] };
  const state: State = {
    archive: new Archive(),
    epoch: newId(),
    policy: freezeDeep(copyOf(policy)),
    preview,
    delayMs: 0,
    isOffline: false,
  };
  const intake = new Intake(state, hub, mischief, clock);
  const plan = createPlans({ clock, newId, act: (...given) => intake.act(...given) });
  const retain = createRetention({
    clock,
    archive: () => state.archive,
    prune: (conversationId, floorSeq) =>
      void intake.act(SYSTEM, { type: "conversation.prune", ...stamp(conversationId), floorSeq }, true),
  });
  intake.onChanges = (changes) => {
    plan(changes);
    retain(changes);
  };
  const signals = new Signals(state, hub, clock);

  const end = (session: Session, reason: CloseReason): void => {
    if (!session.isOpen) return;
    session.end(reason);
    if (hub.remove(session)) signals.appear(session.userId, "offline");
  };

  const act: MemoryBackend["act"] = (userId, command, { system = false } = {}) => {
    const outcome = intake.act(userId, copyOf(command), system);
    if (outcome.ok) return outcome.ack;
    throw errorOf(outcome);
  };

  const stamp = (conversationId: string) => ({ commandId: newId(), conversationId, at: clock.now() });

  for (const { conversationId, kind = "community", ...others } of conversations) {
    act(SYSTEM, { type: "conversation.create", ...stamp(conversationId), kind, ...others }, { system: true });
  }
  const lobbies = conversations.filter(({ participants }) => !participants);

  /** Whoever left, or was removed, is left alone. */
  const admit = (userId: string): void => {
    for (const { conversationId } of lobbies) {
      if (state.archive.store(conversationId).participant(userId)) continue;
      intake.act(userId, { type: "participant.join", ...stamp(conversationId) }, true);
    }
  };

  return {
    act,
    transport: (userId) =>
      createTransport({ state, hub, intake, signals, mischief, clock, authenticate, userId, admit, end }),
    faults: { ...mischief.faults, ...createMishaps({ state, hub, end, newId }) },
    messages: (conversationId) => state.archive.store(conversationId).messages(),
    fetch: async (url, request) => serveFile(state.archive.files, url, request),
    get links() {
      return hub.sessions.size;
    },
    setPolicy(next) {
      state.policy = freezeDeep(copyOf(next));
      intake.learn();
      for (const session of hub.sessions) session.push({ type: "policy", policy: state.policy });
    },
  };
}
