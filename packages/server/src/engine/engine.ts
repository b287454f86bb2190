import type { Change, Command, NoteRecord, Policy, Query } from "@tidings/core/protocol";
import type { Bus } from "../bus/bus.ts";
import { type EventLog, silentLog } from "../log.ts";
import type { Moderator } from "../moderation/moderator.ts";
import { Moderation } from "../moderation/pipeline.ts";
import { type Meter, silentMeter } from "../observe/meter.ts";
import type { ModerationCase } from "../store/cases.ts";
import type { Answer, Outcome, Refusal, Store } from "../store/store.ts";
import type { AuditEntry } from "../store/audit.ts";
import type { Kept } from "../store/kept.ts";
import type { EngineBounds } from "./bounds.ts";
import type { Caller } from "./caller.ts";
import type { Clock } from "./clock.ts";
import { Commits } from "./commits.ts";
import { Contacts } from "./contacts.ts";
import { decide, type Judgement } from "./decide.ts";
import { emptied } from "./emptied.ts";
import { erase, type Erased } from "./erasure.ts";
import { FanOut } from "./fan-out.ts";
import { type Authenticate, Greeting } from "./greeting.ts";
import { guarded } from "./guarded.ts";
import { Lobbies, type Lobby } from "./lobbies.ts";
import { nodeView } from "./node-view.ts";
import { Session } from "./online.ts";
import { type Farewell, Outbound } from "./outbound.ts";
import type { Outlet } from "./outlet.ts";
import { carryOut, type OnReminder, type Remind } from "./plans.ts";
import { personalData } from "./personal-data.ts";
import { type Desks, Questions } from "./questions.ts";
import { concernRates, Rates, type SharedRates } from "./rates.ts";
import { draining, type ReceivedFrame, Reception } from "./reception.ts";
import { Repairs } from "./repair/repairs.ts";
import { Roster } from "./roster.ts";
import { SendOff } from "./send-off.ts";
import { scrutiny, type ScrutinyOptions } from "./scrutiny.ts";
import { Signals } from "./signals.ts";
import { Sweeper } from "./sweeper.ts";
import type { Vitals } from "./vitals.ts";

export interface EngineOptions extends Desks, Pick<ScrutinyOptions, "conversationIds"> {
  readonly store: Store;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly policy: Policy;
  /** Counts for several nodes together. Default: this one counts alone. */
  readonly sharedRates?: SharedRates | undefined;
  readonly authenticate: Authenticate;
  readonly lobbies: readonly Lobby[];
  readonly bounds: EngineBounds;
  /** Ids of sessions and of the server's own commands (UUIDv7). */
  readonly newId: () => string;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Who judges what is said, in this order. Default: nobody. */
  readonly moderators?: readonly Moderator[] | undefined;
  /** Told how many changes nobody had told, and were read from the store. */
  readonly onRepaired?: (changes: number) => void;
  /** Told of what took effect, on whichever node. */
  readonly onChanges?: ((changes: readonly Change[]) => void) | undefined;
  /** Default: nobody but the clients, by the note itself. */
  readonly onReminder?: OnReminder | undefined;
  /** Tells devices of a reminder, instead of `onReminder`. Default: none are told. */
  readonly remind?: Remind | undefined;
  /** Default: nobody measures. */
  readonly meter?: Meter | undefined;
  /** Default: nothing is logged. */
  readonly log?: EventLog | undefined;
  /** Told of what went wrong inside: the store failed, or there is a defect. */
  readonly onFailure: (what: string, error: unknown) => void;
}

/**
 * The server without sockets and without a database: what arrives on links goes in, what they are to be sent comes out
 * through their outlets. Time and chance are given.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #roster = new Roster();
  readonly #outbound: Outbound;
  readonly #signals: Signals;
  readonly #commits: Commits;
  readonly #questions: Questions;
  readonly #fanOut: FanOut;
  readonly #lobbies: Lobbies;
  readonly #reception: Reception;
  readonly #sweeper: Sweeper;
  readonly #repairs: Repairs;
  readonly #sessions = new Set<Session>();

  constructor(options: EngineOptions) {
    const { store, bus, clock, policy, bounds, lobbies, newId, onFailure } = options;
    const { meter = silentMeter, log = silentLog, moderators = [], authenticate } = options;
    const roster = this.#roster;
    const outbound = new Outbound(clock, bounds.backlogBytes, meter, (error) => onFailure("link", error));
    const contacts = new Contacts({
      ...{ store, clock, onFailure },
      onMoved: (oneId, otherId) => signals.refreshBetween(oneId, otherId),
    });
    const signals: Signals = new Signals({ roster, outbound, bus, clock, policy, contacts });
    const fanOut = new FanOut({ roster, outbound, signals, contacts, meter });
    const repairs = new Repairs({
      ...{ store, roster, clock, newId },
      // One event that cannot be delivered must not cost the others.
      deliver: (event) =>
        void guarded(onFailure, "delivery", () => {
          greeting.note(event);
          if (event.type === "committed") {
            store.heard?.(event.changes);
            contacts.heard(event.changes);
            options.onChanges?.(event.changes);
          }
          fanOut.deliver(event);
        }),
      onRepaired: options.onRepaired ?? (() => {}),
      onFailure: (error) => onFailure("repair", error),
    });
    const commits = new Commits({
      ...{ store, bus, clock, policy, outbound },
      rates: new Rates(policy.rates),
      concernRates: new Rates(concernRates),
      sharedRates: options.sharedRates,
      conversation: (conversationId) => roster.conversation(conversationId),
      expect: (conversationId, changes) => repairs.expect(conversationId, changes),
      onFailure: (error) => onFailure("commit", error),
      scrutinise: scrutiny({
        ...options,
        contacts,
        moderation: new Moderation(moderators, clock, policy.limits.textLength),
        erasures: store.erasures,
      }),
    });
    this.#options = options;
    this.#outbound = outbound;
    this.#signals = signals;
    this.#commits = commits;
    this.#lobbies = new Lobbies({ lobbies, store, commits, clock, newId });
    const { linksPerUser } = bounds;
    const sendOff = new SendOff({ store, roster, outbound, onFailure });
    const greeting = new Greeting({
      ...{ store, roster, outbound, signals, contacts, clock, policy, sendOff, authenticate, linksPerUser },
      lobbies: this.#lobbies,
    });
    const questions = new Questions({ ...options, outbound, contacts });
    this.#questions = questions;
    const parts = { roster, outbound, signals, commits, questions, greeting, meter, log };
    this.#reception = new Reception({ ...parts, clock, policy, bounds, authenticate, newId, onFailure });
    this.#sweeper = new Sweeper({
      ...{ roster, signals, contacts, clock, policy, bounds },
      sessions: this.#sessions,
      close: (session, farewell) => this.close(session, farewell),
    });
    this.#repairs = repairs;
    bus.listen(
      (events) => events.forEach((event) => (sendOff.hear(event), contacts.hear(event), repairs.hear(event))),
      nodeView(roster),
    );
    this.#fanOut = fanOut;
  }

  /** Makes what must exist before the first link. */
  async open(): Promise<void> {
    await this.#lobbies.open();
    this.#sweeper.start();
  }

  /** A link was opened. */
  connect(outlet: Outlet): Session {
    const { clock, newId, bounds } = this.#options;
    const session = new Session(newId(), outlet, clock.now(), this.#outbound.none, bounds.frames.burst);
    this.#sessions.add(session);
    return session;
  }

  /** A link is gone. @param isClean - the client said good-bye, so it is not coming back at once. */
  disconnect(session: Session, isClean: boolean): void {
    session.phase = "closed";
    if (!this.#sessions.delete(session)) return;
    this.#leave(session, isClean);
  }

  #leave(session: Session, isClean: boolean): void {
    const { user } = session;
    if (!user) return;
    this.#options.log?.debug({ link: session.id, userId: user.id, isClean }, "link closed");
    this.#signals.unwatch(session);
    user.sessions.splice(user.sessions.indexOf(session), 1);
    session.user = undefined;
    if (user.sessions.length > 0) return this.#signals.refreshPresence(user);
    const { clock, policy } = this.#options;
    // Somebody whose link broke is mostly back in a moment: until they count as offline they are kept.
    user.expiresAt = isClean ? clock.now() : session.seenAt + policy.presenceExpiresMs;
    this.#sweeper.forget(user);
  }

  /** Frames of one WebSocket message, in order. */
  receive(session: Session, frames: readonly ReceivedFrame[]): void {
    for (const frame of frames) {
      if (session.phase === "closed") return;
      const isDone = guarded(this.#options.onFailure, "frame", () => this.#reception.receive(session, frame));
      if (!isDone) this.close(session, { code: "server/internal", message: "unable to handle the frame" });
    }
  }

  /** Ends a link, telling the client why. */
  close(session: Session, farewell: Farewell): void {
    this.#outbound.close(session, farewell);
  }

  /** A command that did not come over a link: the same rules, the same transactions, the same deliveries. */
  async perform(caller: Caller, command: Command): Promise<Outcome> {
    return this.#reception.isDraining ? draining : this.#commits.request(caller, command);
  }

  /** A query that did not come over a link. */
  async query(userId: string, query: Query): Promise<Answer> {
    return this.#reception.isDraining ? draining : this.#questions.lookUp(userId, query);
  }

  vitals(): Vitals {
    let backlogBytes = 0;
    for (const { outlet } of this.#sessions) backlogBytes += outlet.backlogBytes;
    return {
      links: this.#sessions.size,
      users: this.#roster.users.size,
      conversations: this.#roster.size,
      commitQueue: this.#commits.waiting,
      queryQueue: this.#questions.waiting,
      backlogBytes,
      deliveries: this.#fanOut.deliveries,
    };
  }

  /** Writes down what was done otherwise than by a command. */
  async note(entry: Omit<AuditEntry, "at">): Promise<void> {
    const { store, clock } = this.#options;
    await store.audit?.note({ at: clock.now(), ...entry });
  }

  /** See `erasure.ts`. */
  erase(what: Erased, by: string): Promise<boolean> {
    const { store, bus, clock, newId, files } = this.#options;
    return erase(what, by, { store, bus, clock, newId, files, commits: this.#commits });
  }

  /** Does what a note plans, now. @throws {Error} if the store fails; call it again. */
  carryOut(note: NoteRecord): Promise<void> {
    const { store, clock, newId, onReminder = () => {}, remind } = this.#options;
    const onFailure = (error: unknown): void => this.#options.onFailure("reminder", error);
    const parts = { clock, newId, onReminder, remind, onFailure, commits: this.#commits };
    return carryOut(note, { ...parts, erasures: store.erasures });
  }

  /** See `decide.ts`. */
  decide(judgement: Judgement, caller: Caller, by: string): Promise<ModerationCase | Refusal> {
    const perform = this.perform.bind(this);
    return decide(judgement, caller, by, { ...this.#options, perform, commits: this.#commits });
  }

  /** See `TidingsServer.exportUser`. */
  exportUser(userId: string, by: string): AsyncIterable<Kept> {
    return personalData(userId, by, this.#options);
  }

  /**
   * Answers what has been submitted, then asks every client to come back elsewhere, each after a wait of its own so
   * that they do not all arrive at once.
   */
  async drain(spreadMs: number): Promise<void> {
    this.#reception.isDraining = true;
    this.#sweeper.stop();
    await this.#commits.settled();
    this.#outbound.flush();
    for (const session of this.#sessions) {
      const retryAfterMs = Math.ceil(this.#options.random() * spreadMs);
      this.close(session, {
        code: "server/draining",
        message: "unable to keep the link; the server stops",
        retryAfterMs,
      });
    }
    this.#repairs.stop();
  }

  /** Resolves when whatever was to be written, for links or without, is. */
  settled(): Promise<void> {
    return this.#commits.settled();
  }

  /** Resolves when every link is gone; cuts off those still there after `timeoutMs`. */
  async empty(timeoutMs: number): Promise<void> {
    const { clock } = this.#options;
    await emptied(this.#sessions, timeoutMs, clock);
    for (const { outlet } of this.#sessions) outlet.cut();
    await emptied(this.#sessions, timeoutMs, clock);
  }
}
