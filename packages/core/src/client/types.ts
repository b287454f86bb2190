import type { BackoffPolicy } from "../base/backoff.ts";
import type { Clock } from "../base/clock.ts";
import type { JsonObject } from "../base/json.ts";
import type { Cell, Observable, Unsubscribe } from "../base/observable.ts";
import type { Random } from "../base/random.ts";
import type { CustomInputOf, CustomOf, CustomSchemas, JsonCustom } from "../compose/custom.ts";
import type { ComposeStep, Draft } from "../compose/pipeline.ts";
import type { ConnectionState } from "../connection/machine.ts";
import type { Platform } from "../connection/platform.ts";
import type { DeliveryStatus } from "../delivery/machine.ts";
import type { OutboxView } from "../outbox/types.ts";
import type { ErrorIssue } from "../errors/messaging-error.ts";
import type { Logger } from "../ports/logger.ts";
import type { Storage } from "../ports/storage.ts";
import type { Tabs } from "../ports/tabs.ts";
import type { Transport } from "../ports/transport.ts";
import type { Ack } from "../protocol/changes.ts";
import type { Action } from "../domain/permissions.ts";
import type { Policy } from "../protocol/policy.ts";
import type { Page } from "../protocol/queries.ts";
import type { Invitation } from "../protocol/commands.ts";
import type { Receipt } from "../protocol/receipts.ts";
import type {
  ConversationKind,
  ConversationRecord,
  ConversationSettings,
  ConversationStatus,
  MessageVersion,
  NotificationLevel,
  ParticipantRecord,
  Role,
} from "../protocol/records.ts";
import type { PresenceStatus } from "../protocol/signals.ts";
import type { RateStatus, RateTally } from "../rate-limit/rate-limiter.ts";
import type { ConversationItem } from "../sync/listing.ts";
import type { TimelineView } from "../timeline/view.ts";
import type { TimelineWindow, WindowOptions } from "../timeline/window.ts";
import type { ClientEvents } from "./events.ts";

/** A token, or how to get one: called for each connection and whenever one has expired. */
export type Auth = string | (() => string | undefined | Promise<string | undefined>);

/** @typeParam Schemas - the type of `schema`; everything typed follows from it. */
export interface ClientOptions<Schemas extends CustomSchemas = JsonCustom> {
  readonly transport: Transport;
  /** Default: `memoryStorage()`, which ends with the process. */
  readonly storage?: Storage;
  /** Absent for backends that need none. */
  readonly auth?: Auth;
  /**
   * Who this is, if the app knows before the backend says so: own messages carry it before the first connection. Without
   * it a client shows what storage holds of whoever used it last until the backend has spoken: pass it, or use one storage
   * each, where several people share a device.
   */
  readonly userId?: string;
  /**
   * What `custom` of messages and of conversations is: any Standard Schema (zod, valibot, arktype …) for each, or none.
   * What is sent has to fit, or `custom/invalid` says why; of what arrives and does not fit `custom` is left out, and an
   * `error` event says so once per conversation. What is sent and stored is what the schema takes, what is read is what
   * it makes of that. It has to answer at once, not with a promise.
   */
  readonly schema?: Schemas;
  /** What a draft goes through before it is sent. Default: `defaultSteps()`. */
  readonly compose?: readonly ComposeStep[];
  /** Commands that may wait at once. Default 10 000. */
  readonly maxOutboxEntries?: number;
  /** Messages kept in memory per conversation. Default 100 000. */
  readonly maxMessages?: number;
  /** Wait between attempts to connect. Default 0.5 s doubling to 30 s, full jitter. */
  readonly backoff?: BackoffPolicy;
  /** Default: warnings and errors go to the console, each kind once. `() => {}` says nothing. */
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Network and visibility. Default: the browser's, where there is one. */
  readonly platform?: Platform;
  /** Lets the app's tabs share one link: `browserTabs()` of `@tidings/core/tabs`. Default: each tab has its own. */
  readonly tabs?: Tabs;
}

/** One user's messaging: conversations, delivery and connection. State is readable for ever, also after `close()`. */
export interface Client<Schemas extends CustomSchemas = JsonCustom> {
  /** The signed-in user, once the backend has said who that is; before that `ClientOptions.userId`, or who was there last. */
  readonly userId: Observable<string | undefined>;
  readonly connection: Observable<ConnectionState>;
  /** Limits and rates, as the backend announced them; the product's own until it has. */
  readonly policy: Observable<Policy>;
  /** How many messages went out, and were held back or refused, in the current minute, hour and day. */
  rates(): readonly RateTally[];
  /** Most recently active first. */
  readonly conversations: Observable<readonly ConversationItem<Schemas>[]>;
  /**
   * The backend has said which conversations there are, so that none means none. Until it has, `conversations` holds what
   * was kept of an earlier time, if anything.
   */
  readonly listed: Observable<boolean>;
  readonly outbox: ClientOutbox;
  readonly presence: Observable<ReadonlyMap<string, PresenceStatus>>;
  /**
   * Who else types in a conversation; the same id gives the same object. It watches while somebody listens, and opens
   * nothing: a list of conversations may ask for each of its rows.
   */
  typing(conversationId: string): Observable<readonly string[]>;
  /** Says how one is oneself: `"online"` unless told otherwise. Others see it where they watch. */
  setPresence(status: PresenceStatus): void;
  /**
   * Opens the link, and keeps it open. Resolves at the first welcome; nothing has to wait for it. A backend that cannot
   * be reached is tried again for as long as it takes: until then `connection` says why, and the logger is warned once.
   *
   * @throws {MessagingError} when only the app can help: `auth/…`, `protocol/version`, or `client/closed`
   */
  connect(): Promise<void>;
  /** Closes the link until `connect()`; everything goes on locally. */
  disconnect(): void;
  /** A handle; the same id gives the same object. */
  conversation(conversationId: string): Conversation<Schemas>;
  /** Begins a conversation. The handle works at once; the backend may still refuse. */
  createConversation(
    options: CreateConversationOptions<CustomInputOf<Schemas, "conversation">>,
  ): Promise<Conversation<Schemas>>;
  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: (payload: ClientEvents<Schemas>[Name]) => void,
  ): Unsubscribe;
  /** Ends everything that runs. Calling it again does nothing. */
  close(): Promise<void>;
}

export interface CreateConversationOptions<Custom = JsonObject> {
  /** Default: a new UUID. */
  readonly conversationId?: string;
  readonly kind: ConversationKind;
  readonly name?: string;
  readonly description?: string;
  readonly custom?: Custom;
  readonly settings?: ConversationSettings;
  readonly participants?: readonly Invitation[];
}

/** Commands that wait, are out, or failed. */
export interface ClientOutbox extends Observable<OutboxView> {
  /** Submits a failed command again. @throws {MessagingError} `outbox/not-found` */
  retry(commandId: string): Sent;
  /**
   * Calls off a waiting command, or removes a failed one: this client sends it no more. False if it is on its way, or gone. What
   * was out when a link broke, and waits again, may have arrived all the same; and without `tabs` another client on the same
   * storage may send it, too.
   */
  cancel(commandId: string): boolean;
}

/** A command given by this client. */
export interface Sent {
  /** The command's id, and of a message the message's. */
  readonly id: string;
  readonly conversationId: string;
  readonly status: DeliveryStatus;
  /**
   * Resolves when the backend has accepted the command.
   *
   * @throws {MessagingError} why it failed: the backend's code, `outbox/gave-up`, `outbox/cancelled`,
   *   `client/closed`
   */
  settled(): Promise<Ack>;
}

export interface SendOptions<Custom = JsonObject> extends Omit<Draft<Custom>, "text"> {
  /** Not worth sending any more after this long: it fails with `outbox/expired` and stays visible. Default: never. */
  readonly expiresInMs?: number;
  /**
   * The message's id, a UUID of version 7 in lower case; a new one if absent. For programs that may be killed between
   * deciding to send and remembering that they have: make the id of what is answered, and to send it again is to send it
   * once (D2). What was sent at first stands.
   */
  readonly id?: string;
}

/** One conversation. Every method that changes something shows its effect at once and resolves when it is durable. */
export interface Conversation<Schemas extends CustomSchemas = JsonCustom> {
  readonly id: string;
  readonly timeline: Timeline<CustomOf<Schemas, "message">>;
  readonly record: Observable<ConversationRecord<CustomOf<Schemas, "conversation">> | undefined>;
  readonly members: Members;
  /** Messages of others, not deleted, above one's read watermark; also of people one blocks, as they are there. */
  readonly unread: Observable<number>;
  /** Everybody's watermarks, as far as this client has heard. */
  readonly receipts: Observable<readonly Receipt[]>;
  /** The others who have read up to `seq`. */
  readersOf(seq: number): readonly string[];
  /** Has one reacted oneself? A record names only the first few. */
  hasReacted(messageId: string, emoji: string): boolean;
  readonly typing: Typing;
  /** How much may be sent now, and when again. */
  readonly rate: Observable<RateStatus>;
  /** What stands in the composer; for the app to write. Kept on storage until it is empty. */
  readonly draft: Cell<string>;
  /** What is wrong with a draft as it stands, for validation while typing. Compose steps that take time are left out. */
  check(draft: string | Draft<CustomInputOf<Schemas, "message">>): readonly ErrorIssue[];
  /**
   * In `timeline` before the first `await`, unless a compose step is asynchronous.
   *
   * @throws {MessagingError} `draft/…` or `custom/invalid` if it may not be sent as it is, `permission/…`, `outbox/full`, `storage/…`,
   *   `command/id-taken` if something else has the `id` it was given
   */
  send(
    draft: string | Draft<CustomInputOf<Schemas, "message">>,
    options?: SendOptions<CustomInputOf<Schemas, "message">>,
  ): Promise<Sent>;
  edit(messageId: string, draft: string | Draft<CustomInputOf<Schemas, "message">>): Promise<Sent>;
  delete(messageId: string): Promise<Sent>;
  react(messageId: string, emoji: string): Promise<Sent>;
  unreact(messageId: string, emoji: string): Promise<Sent>;
  pin(messageId: string): Promise<Sent>;
  unpin(messageId: string): Promise<Sent>;
  /** Votes in a poll, in place of any vote before; without choices, takes it back. */
  vote(messageId: string, choices: readonly number[]): Promise<Sent>;
  /** Ends a poll: to its author, and to who may delete it. */
  closePoll(messageId: string): Promise<Sent>;
  /**
   * Has one chosen that option oneself, as far as known here? Of others a record names only the first few. A vote in an
   * anonymous poll that was given on another device, or called off before anybody knew whether it had got there, is known
   * once the message is loaded anew: `openPoll` sees to that.
   */
  hasVoted(messageId: string, option: number): boolean;
  /** A page of those who chose an option; of an anonymous poll, nobody. */
  voters(messageId: string, option: number, after?: string): Promise<Page<string>>;
  /**
   * Sends a message of this conversation to another, `custom` as it was given. The backend looks it up: if it is gone by
   * then, this fails with `message/not-found`.
   */
  forward(messageId: string, toConversationId: string): Promise<Sent>;
  /** A page of those who reacted with one emoji; `after` is the `next` of the page before. */
  reactors(messageId: string, emoji: string, after?: string): Promise<Page<string>>;
  /** May the user do this, by their role and as things stand? For what to offer; the backend decides. */
  may(action: Action): boolean;
  /** The earlier texts of a message, oldest first. */
  versions(messageId: string): Promise<readonly MessageVersion[]>;
  /** Marks everything up to `seq` as read. Default: the newest. */
  markRead(seq?: number): void;
  update(patch: ConversationPatch<CustomInputOf<Schemas, "conversation">>): Promise<Sent>;
  setStatus(status: ConversationStatus): Promise<Sent>;
  join(): Promise<Sent>;
  leave(): Promise<Sent>;
  /** One's own notification level: part of one's record there, which everybody in the conversation sees. */
  notify(level: NotificationLevel): Promise<Sent>;
}

export interface ConversationPatch<Custom = JsonObject> {
  readonly name?: string;
  readonly description?: string;
  readonly custom?: Custom;
  readonly settings?: ConversationSettings;
}

/** Messages, holes and pending messages, oldest first. */
export interface Timeline<Custom = JsonObject> extends Observable<TimelineView<Custom>> {
  /**
   * Loads the page before the oldest message held. Resolves at once if there is none.
   *
   * @throws {MessagingError} `conversation/not-found` if one is not in it, `connection/offline`
   */
  loadOlder(): Promise<void>;
  /** Fills the newest hole from below: the page after the messages before it. */
  loadNewer(): Promise<void>;
  /** Loads the page around a place. @throws {MessagingError} `connection/offline`, or the backend's refusal */
  loadAround(seq: number): Promise<void>;
  /** Loads the page around the first message that was sent at a time (of the server, ms) or later. @throws as `loadAround` */
  loadAt(at: number): Promise<void>;
  /** A plain array of a few items for the screen: follows the newest, or stays at a message. */
  window(options: WindowOptions): TimelineWindow<Custom>;
}

export interface Permissions {
  readonly canSend?: boolean;
  readonly canUpload?: boolean;
}

export interface Members extends Observable<readonly ParticipantRecord[]> {
  /** Loads all participants. */
  load(): Promise<void>;
  add(userId: string, role?: Role): Promise<Sent>;
  remove(userId: string): Promise<Sent>;
  ban(userId: string): Promise<Sent>;
  unban(userId: string): Promise<Sent>;
  /** @param until - server time in ms; for good if absent. */
  mute(userId: string, until?: number): Promise<Sent>;
  unmute(userId: string): Promise<Sent>;
  /** Narrows what a person may do, below what their role allows, or takes that back. */
  setPermissions(userId: string, permissions: Permissions): Promise<Sent>;
  setRole(userId: string, role: Role): Promise<Sent>;
}

/** The ids of those who type now, oneself excluded. */
export interface Typing extends Observable<readonly string[]> {
  /** Call on every keystroke: it says so at most once per `policy.typing.everyMs`. */
  notify(): void;
  stop(): void;
}
