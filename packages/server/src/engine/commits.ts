import type { ApplyContext } from "@tidings/core/domain";
import type { Change, Command, Policy } from "@tidings/core/protocol";
import type { Bus, BusEvent, ReceiptEvent } from "../bus/bus.ts";
import type { Committed, Outcome, Refusal, Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import { type Item, plain } from "./item.ts";
import { expectedOf, isInOrder, release, settle, take } from "./lanes.ts";
import type { Caller } from "./caller.ts";
import { CommitQueue } from "./commit-queue.ts";
import { CommitSlots } from "./commit-slots.ts";
import type { LiveConversation, Session } from "./online.ts";
import type { Outbound } from "./outbound.ts";
import { ackPacket, isRetryable, refuse, rejectPacket } from "./packets.ts";
import { type Scrutinise, scrutinised, unjudged } from "./scrutinise.ts";
import { concerned } from "./concerned.ts";
import { guarded } from "./guarded.ts";
import { Tally } from "./tally.ts";
import { Turnstile } from "./turnstile.ts";
import { ratedAs } from "./rated.ts";
import type { Rates, Sending, SharedRates } from "./rates.ts";

/** Commands in one transaction at most: the first are answered, and read by their clients, while the last are taken. */
const MOST_PER_COMMIT = 256;

export interface CommitsOptions {
  readonly store: Store;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly rates: Rates;
  /** Of reports and appeals. */
  readonly concernRates: Rates;
  readonly sharedRates: SharedRates | undefined;
  readonly outbound: Outbound;
  readonly conversation: (conversationId: string) => LiveConversation | undefined;
  /** Told what is durable, after it was published. */
  readonly expect: (conversationId: string, changes: readonly Change[]) => void;
  readonly onFailure: (error: unknown) => void;
  /** Looks at what somebody says before it is committed; at once where that needs no time. */
  readonly scrutinise?: Scrutinise | undefined;
}

/**
 * Turns submits into commits: everything that arrived in one turn of the event loop shares one transaction, and while
 * that runs the next one fills up. Nothing is acknowledged or delivered before it is durable (D1).
 */
export class Commits {
  readonly #options: CommitsOptions;
  readonly #queue = new CommitQueue<Item>();
  readonly #slots: CommitSlots;
  #isScheduled = false;
  readonly #tally = new Tally();
  readonly #turnstile = new Turnstile();

  constructor(options: CommitsOptions) {
    this.#options = options;
    const { store, clock } = options;
    this.#slots = new CommitSlots(store.commitsAtOnce ?? 1, clock, () => this.#schedule());
  }

  /** @param refusal - answers the submit, in its turn, without looking at the command. */
  submit(
    session: Session,
    userId: string,
    submitted: { readonly id: number; readonly lane?: number; readonly command: Command },
    refusal?: Refusal,
  ): void {
    const { id, lane: number, command } = submitted;
    const lane = number === undefined ? undefined : session.lane(command.conversationId);
    const reply = { session, id, lane, number: number ?? 0 };
    session.inFlight += 1;
    const { rateFactor } = session;
    this.#enqueue({ ...plain, command, context: this.#context(userId), reply, refusal, rateFactor });
  }

  /** A command that did not come over a link. It is answered like any other, and again when it comes again. */
  request(caller: Caller, command: Command): Promise<Outcome> {
    const { userId, isSystem = false, rateFactor: factor = 1, plannedAt } = caller;
    const rateFactor = isSystem ? undefined : factor;
    return new Promise((done) => {
      const isModerated = isSystem && command.type === "message.delete";
      const context = { ...this.#context(userId), system: isSystem, ...(isModerated && { isModerated }) };
      this.#enqueue({ ...plain, command, context, done, rateFactor, plannedAt });
    });
  }

  /** Runs a command of the server's own: no permissions, no rates, not remembered. */
  act(actorId: string, command: Command): Promise<Outcome> {
    return new Promise((done) => {
      const context = { ...this.#context(actorId), system: true };
      this.#enqueue({ ...plain, command, context, done, isOnce: true });
    });
  }

  /** Commands that wait for their transaction. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Resolves when everything submitted so far has been answered, whatever comes meanwhile. */
  async settled(): Promise<void> {
    if (!this.#turnstile.isEmpty) await this.#turnstile.passed();
    await this.judgedSettled();
  }

  /** … but for what somebody still has to look at. */
  judgedSettled(): Promise<void> {
    return this.#tally.settled();
  }

  #context(actorId: string): ApplyContext {
    const { clock, policy } = this.#options;
    return { actorId, at: clock.now(), limits: policy.limits };
  }

  /** What is looked at first waits with what comes behind it in its lane. */
  #enqueue(item: Item): void {
    const { scrutinise, onFailure } = this.#options;
    const { command, context } = item;
    if (!scrutinise || context.system || command.type === "receipt.mark") return this.#pass(item);
    const lane = `${context.actorId} ${command.conversationId}`;
    const failed = (error: unknown): Item => (onFailure(error), { ...item, refusal: unjudged });
    this.#turnstile.enter(lane, () => scrutinised(item, scrutinise), this.#pass, failed);
  }

  readonly #pass = (item: Item): void => {
    item.arrival = this.#tally.arrive();
    this.#queue.push(item);
    this.#schedule();
  };

  #schedule(): void {
    if (this.#isScheduled || !this.#slots.isFree || !this.#queue.isReady) return;
    this.#isScheduled = true;
    this.#options.clock.soon(() => {
      this.#isScheduled = false;
      void this.#commit(this.#queue.take(MOST_PER_COMMIT));
    });
  }

  readonly #guard = (work: () => void): void =>
    void guarded((_what, error) => this.#options.onFailure(error), "commit", work);

  async #commit(items: readonly Item[]): Promise<void> {
    const end = this.#slots.take();
    const outcomes = await this.#store(items);
    // Whatever goes wrong in telling, what was committed stays committed, and the next commit must come.
    this.#guard(() => {
      if (outcomes) this.#settle(items, outcomes);
      else this.#fail(items);
    });
    this.#guard(() => this.#options.outbound.flush());
    end();
    this.#queue.release(items);
    this.#tally.answer(items.map(({ arrival }) => arrival));
    this.#schedule();
  }

  async #store(items: readonly Item[]): Promise<readonly Outcome[] | undefined> {
    const { store, sharedRates, onFailure } = this.#options;
    // How long each has to wait, as all nodes together count; of what is left nobody made use.
    const waits = sharedRates && (await this.#askNodes(items, sharedRates));
    try {
      return await store.commit(items, (item, isKnown) => this.#admit(item, isKnown, waits));
    } catch (error) {
      onFailure(error);
      return undefined;
    } finally {
      const unused = [...(waits ?? [])].flatMap(([item, waitMs]) =>
        waitMs === 0 ? [this.#sending(item)] : [],
      );
      if (unused.length > 0) sharedRates?.giveBack(unused);
    }
  }

  async #askNodes(items: readonly Item[], rates: SharedRates): Promise<Map<Item, number> | undefined> {
    const asked = items.filter((item) => ratedAs(item) === "message" && !item.refusal);
    const waits = asked.length > 0 ? await rates.take(asked.map((item) => this.#sending(item))) : undefined;
    return waits && new Map(asked.map((item, index) => [item, waits[index] ?? 0]));
  }

  #sending({ command: { conversationId }, context, rateFactor: factor = 1 }: Item): Sending {
    const perMinute = this.#options.conversation(conversationId)?.settings.messagesPerMinute;
    return { userId: context.actorId, conversationId, perMinute, factor };
  }

  /** Asked by the store for each command in its turn. */
  #admit(item: Item, isKnown: boolean, waits: Map<Item, number> | undefined): Refusal | undefined {
    const { reply, refusal } = item;
    // What was answered before is answered again, however busy we are.
    const refused =
      this.#outOfOrder(item, isKnown) ?? (isKnown ? undefined : (refusal ?? this.#tooOften(item, waits)));
    if (refused && isRetryable(refused)) {
      if (reply?.lane) item.expected = expectedOf(reply.lane);
    } else if (reply?.lane && isInOrder(reply.lane, reply.number, true)) {
      take(reply.lane, reply.number);
    }
    return refused;
  }

  #outOfOrder({ reply }: Item, isKnown: boolean): Refusal | undefined {
    if (!reply?.lane || isInOrder(reply.lane, reply.number, isKnown)) return undefined;
    return refuse("command/out-of-order", "unable to accept the command; one before it was not accepted");
  }

  #tooOften(item: Item, waits: Map<Item, number> | undefined): Refusal | undefined {
    const kind = ratedAs(item);
    if (!kind) return undefined;
    const { rates: ofMessages, concernRates, clock } = this.#options;
    const rates = kind === "message" ? ofMessages : concernRates;
    const waitMs = waits?.get(item) ?? rates.take(this.#sending(item), clock.now());
    waits?.delete(item);
    return waitMs === 0 ? undefined : refuse("rate/limited", `unable to send; too many ${kind}s`, waitMs);
  }

  #settle(items: readonly Item[], outcomes: readonly Outcome[]): void {
    const events: BusEvent[] = [];
    const receipts = new Map<string, ReceiptEvent>();
    items.forEach((item, index) => {
      const outcome =
        outcomes[index] ?? refuse("server/internal", "unable to answer; the store said nothing");
      if (outcome.ok && !outcome.isKnown) this.#announce(item, outcome, events, receipts);
      if (item.reply?.lane) settle(item.reply.lane);
      this.#answer(item, outcome);
    });
    this.#guard(() => this.#options.bus.publish([...events, ...receipts.values()]));
    // Also what was answered before: whoever answered it may have gone before anybody was told.
    items.forEach(({ command: { conversationId } }, index) => {
      const outcome = outcomes[index];
      if (outcome?.ok) this.#options.expect(conversationId, outcome.ack.changes);
    });
  }

  /** Of one person's receipts in one conversation only the last is worth telling. */
  #announce(
    { reply }: Item,
    { ack, head, settings }: Committed,
    events: BusEvent[],
    receipts: Map<string, ReceiptEvent>,
  ): void {
    const origin = reply?.session.id;
    if (ack.changes.length > 0)
      events.push({ type: "committed", head, settings, changes: ack.changes, origin });
    if (!ack.receipt) return;
    const { conversationId, userId } = ack.receipt;
    receipts.set(`${userId} ${conversationId}`, { type: "receipt", receipt: ack.receipt, settings, origin });
  }

  #fail(items: readonly Item[]): void {
    for (const { reply } of items) if (reply?.lane) release(reply.lane);
    for (const item of items) {
      if (item.reply?.lane) item.expected = expectedOf(item.reply.lane);
      this.#answer(item, refuse("server/unavailable", "unable to store the command; try again", 1_000));
    }
    // It may be stored all the same, and its author need not ask again.
    const conversationIds = [...new Set(items.map(({ command }) => command.conversationId))];
    const userIds = [...new Set(items.flatMap(concerned))];
    this.#options.bus.publish([{ type: "lost", conversationIds, userIds, isUnderWay: true }]);
  }

  #answer({ reply, done, expected, command }: Item, outcome: Outcome): void {
    done?.(outcome);
    if (!reply) return;
    const { session, id } = reply;
    const { outbound } = this.#options;
    session.inFlight -= 1;
    if (!outcome.ok) return outbound.push(session, rejectPacket(id, outcome, expected));
    const packet = ackPacket(id, outcome.ack);
    // Nobody waits to see that a watermark was taken.
    if (command.type === "receipt.mark") outbound.pushLater(session, packet);
    else outbound.push(session, packet);
  }
}
