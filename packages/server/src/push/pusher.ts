import { type Notice, noticeOf } from "@tidings/core/domain";
import { isNotebook, type MessageRecord, type PushPayload } from "@tidings/core/protocol";
import type { BusEvent, Looking } from "../bus/bus.ts";
import type { Cancel, Clock } from "../engine/clock.ts";
import { findMessage } from "../engine/found-message.ts";
import type { Store } from "../store/store.ts";
import type { Audience, Listener, PushTargets } from "../store/push.ts";
import { badgeOf, placeOf, topicOf, wordsOf } from "./payload.ts";
import type { PushQueue } from "./push-queue.ts";

export interface PusherOptions {
  readonly store: Pick<Store, "query">;
  /** Who wants no contact with a person, and with whom they want none. Default: nobody. */
  readonly blocks?: Blocks | undefined;
  readonly targets: PushTargets;
  readonly queue: Pick<PushQueue, "add">;
  readonly clock: Clock;
  /** So long a message may be read before anybody is told. */
  readonly graceMs: number;
  readonly ttlMs: number;
  /** Who looks at a conversation, at any node: asked when it is time to tell of it. */
  readonly looking: Looking;
  readonly onFailure: (error: unknown) => void;
}

export type Blocks = (
  userId: string,
) => Promise<{ readonly own: readonly string[]; readonly by: readonly string[] }>;

/** What there is to tell somebody. */
interface Telling {
  readonly listener: Listener;
  /** The newest. */
  readonly message: MessageRecord;
  readonly notice: Notice;
  readonly count: number;
}

interface Pending {
  readonly dueAt: number;
  readonly messageIds: string[];
}

/** Conversations with something to tell of at once (D9); in more, nobody is told of what comes then. */
const MOST_CONVERSATIONS = 10_000;
/** Messages of one conversation that are told of together; of more, the newest. */
const MOST_MESSAGES = 100;
const TICK_MS = 500;

/**
 * Tells people of messages they have not read and do not see anyway. Hears what this node has committed, after it was
 * told everybody online, so that of several nodes one pushes; waits a while, and then goes by what is so by then: what was
 * read, taken back or muted meanwhile is not told. It is told once: what waits when a node dies is not.
 */
export class Pusher {
  readonly #options: PusherOptions;
  readonly #pending = new Map<string, Pending>();
  #cancel: Cancel | undefined;
  #telling: Promise<void> | undefined;

  constructor(options: PusherOptions) {
    this.#options = options;
  }

  hear(events: readonly BusEvent[]): void {
    for (const event of events) {
      if (event.type !== "committed" || isNotebook(event.head.conversationId)) continue;
      for (const { kind, record } of event.changes)
        if (kind === "message.send" && record.type === "message") this.#await(record);
    }
  }

  /** Whatever waits is told now, and what is heard meanwhile. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#tellThose(() => true);
    await this.#telling;
  }

  #await({ conversationId, id }: MessageRecord): void {
    const { clock, graceMs } = this.#options;
    const pending = this.#pending.get(conversationId) ?? { dueAt: clock.now() + graceMs, messageIds: [] };
    if (!this.#pending.has(conversationId) && this.#pending.size >= MOST_CONVERSATIONS) return;
    pending.messageIds.push(id);
    if (pending.messageIds.length > MOST_MESSAGES) pending.messageIds.shift();
    this.#pending.set(conversationId, pending);
    this.#cancel ??= clock.every(TICK_MS, () => void this.#tick());
  }

  async #tick(): Promise<void> {
    if (this.#telling) return;
    this.#telling = this.#tellThose((dueAt) => dueAt <= this.#options.clock.now());
    await this.#telling;
    this.#telling = undefined;
    if (this.#pending.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** They became due in the order in which they came. What is heard while one is told waits anew. */
  async #tellThose(isDue: (dueAt: number) => boolean): Promise<void> {
    for (const [conversationId, { dueAt, messageIds }] of this.#pending) {
      if (!isDue(dueAt)) break;
      this.#pending.delete(conversationId);
      await this.#tell(conversationId, messageIds);
    }
  }

  async #tell(conversationId: string, messageIds: readonly string[]): Promise<void> {
    const { targets, onFailure } = this.#options;
    try {
      let after: string | undefined;
      do {
        const audience: Audience | undefined = await targets.audience({ conversationId, messageIds }, after);
        if (!audience) return;
        await this.#tellPage(audience);
        after = audience.next;
      } while (after !== undefined);
    } catch (error) {
      onFailure(error);
    }
  }

  async #tellPage(audience: Audience): Promise<void> {
    const apart = await this.#apartFrom(audience);
    const news: Telling[] = [];
    for (const listener of audience.listeners) {
      await this.#breathe();
      news.push(...this.#newsOf(listener, audience, apart));
    }
    if (news.length === 0) return;
    const { conversationId } = audience.conversation;
    const userIds = news.map(({ listener }) => listener.self.userId);
    const looking = await this.#options.looking(conversationId, userIds);
    for (const each of news) {
      if (looking.has(each.listener.self.userId)) continue;
      await this.#breathe();
      await this.#push(each, audience);
    }
  }

  /** A store in this process answers without letting anything else have its turn: so many people would stop the server. */
  #breathe(): Promise<void> {
    return new Promise((resolve) => this.#options.clock.soon(resolve));
  }

  /** Of each author, who is to hear nothing of them. */
  async #apartFrom({ messages, listeners }: Audience): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const { blocks } = this.#options;
    const authors = listeners.length > 0 ? new Set(messages.map(({ authorId }) => authorId)) : [];
    const apart = new Map<string, ReadonlySet<string>>();
    for (const authorId of authors) {
      const ties = await blocks?.(authorId);
      if (ties) apart.set(authorId, new Set([...ties.own, ...ties.by]));
    }
    return apart;
  }

  /** Nothing or one. */
  #newsOf(
    listener: Listener,
    { conversation, messages }: Audience,
    apart: ReadonlyMap<string, ReadonlySet<string>>,
  ): readonly Telling[] {
    const { self, readSeq, rules, muted, followed } = listener;
    const now = this.#options.clock.now();
    const told = messages.flatMap((message) => {
      const { seq, authorId, threadId = "" } = message;
      if (seq <= readSeq) return [];
      const isBlocked = apart.get(authorId)?.has(self.userId) ?? false;
      const isConfidential = conversation.settings.confidential ?? false;
      const follows = followed.has(threadId);
      const scene = { message, reader: self, rules, muted, follows, isBlocked, isConfidential, now };
      const notice = noticeOf(scene);
      return notice ? [{ message, notice }] : [];
    });
    const newest = told.at(-1);
    return newest ? [{ listener, ...newest, count: told.length }] : [];
  }

  async #push(
    { listener: { self, targets }, message, notice, count }: Telling,
    { conversation }: Audience,
  ): Promise<void> {
    const { queue, ttlMs } = this.#options;
    const badge = await badgeOf(self.userId, this.#options);
    const place = { ...placeOf(message), sound: notice.sound, count, badge };
    const payload = { ...place, ...wordsOf(message, notice.shows, conversation) };
    const urgency = conversation.kind === "direct" ? "high" : "normal";
    const topic = topicOf(self.userId, conversation.conversationId);
    const renew = async (): Promise<PushPayload | undefined> => {
      const words = await this.#wordsNow(self.userId, message, notice.shows);
      return words && { ...place, ...words };
    };
    for (const target of targets) queue.add({ target, payload, topic, urgency, ttlMs }, undefined, renew);
  }

  /**
   * What could not be sent may have been changed, taken back or read since, its author be blocked, or they be in the
   * conversation no more. @returns undefined if it is not to be told any more.
   */
  async #wordsNow(
    userId: string,
    { conversationId, id: messageId, seq, authorId }: MessageRecord,
    shows: Notice["shows"],
  ): Promise<ReturnType<typeof wordsOf> | undefined> {
    const { store, blocks } = this.#options;
    // Whoever may not read it is given none of it.
    const found = await findMessage(userId, { conversationId, messageId }, store);
    if (!found.ok || found.message.deletedAt !== undefined || found.readSeq >= seq) return undefined;
    const { own = [], by = [] } = (await blocks?.(userId)) ?? {};
    if ([...own, ...by].includes(authorId)) return undefined;
    const { message, conversation } = found;
    return wordsOf(message, conversation.settings.confidential ? "nothing" : shows, conversation);
  }
}
