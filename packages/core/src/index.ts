/** Tidings: chat that never loses a message, never shows one twice, and works with the network cable out. */
export { createClient } from "./client/create-client.ts";
export type { ClientEvents, ReactionEvent } from "./client/events.ts";
export type {
  Auth,
  Client,
  ClientOptions,
  ClientOutbox,
  Conversation,
  ConversationPatch,
  CreateConversationOptions,
  Members,
  Permissions,
  SendOptions,
  Sent,
  Timeline,
  Typing,
} from "./client/types.ts";
export type { BackoffPolicy } from "./base/backoff.ts";
export { type Cancel, type Clock, systemClock } from "./base/clock.ts";
export type { Json, JsonObject } from "./base/json.ts";
export type { Cell, Observable, Unsubscribe } from "./base/observable.ts";
export { type Random, systemRandom } from "./base/random.ts";
export type { CustomInputOf, CustomOf, CustomSchemas, JsonCustom } from "./compose/custom.ts";
export type { ComposeContext, ComposeStep, Draft, Refusal } from "./compose/pipeline.ts";
export { defaultSteps, placeStep } from "./compose/steps.ts";
export type { ConnectionName, ConnectionState } from "./connection/machine.ts";
export { browserPlatform, type Platform } from "./connection/platform.ts";
export type { DeliveryStatus } from "./delivery/machine.ts";
export { memoryStorage } from "./memory/storage.ts";
export type { OutboxEntry } from "./outbox/entry.ts";
export type { OutboxView } from "./outbox/types.ts";
export type { Logger, LogLevel } from "./ports/logger.ts";
export type { Durability, Storage, StorageKey, StorageOperation, StorageRange } from "./ports/storage.ts";
export type { TabMember, TabMembership, Tabs } from "./ports/tabs.ts";
export type {
  CloseReason,
  Link,
  LinkEvent,
  OpenRequest,
  Transport,
  TransportSupport,
} from "./ports/transport.ts";
export type { RateStatus } from "./rate-limit/rate-status.ts";
export type { RateTally } from "./rate-limit/tally.ts";
export type { ConversationItem } from "./sync/listing.ts";
export type { Action } from "./domain/permissions.ts";
export type { HoleItem, MessageItem, TimelineItem } from "./timeline/item.ts";
export type { TimelineItems } from "./timeline/items.ts";
export type { TimelineView } from "./timeline/view.ts";
export type { TimelineWindow, WindowOptions, WindowView } from "./timeline/window.ts";
export type { ErrorCategory, ErrorCode } from "./errors/codes.ts";
export { type ErrorIssue, isMessagingError, MessagingError } from "./errors/messaging-error.ts";
