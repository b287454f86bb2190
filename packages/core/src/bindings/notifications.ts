import type { JsonObject } from "../base/json.ts";
import { createScope, type Observable, type Unsubscribe } from "../base/observable.ts";
import type { CustomOf, CustomSchemas } from "../compose/custom.ts";
import type { Client } from "../client/types.ts";
import { isMentioned } from "../domain/search.ts";
import type { MessageRecord } from "../protocol/records.ts";
import { textOf } from "./composer-sources.ts";
import { rethrow } from "./rethrow.ts";

/** `unsupported`: this browser shows none, or not to this page. */
export type NotificationPermissionState = "default" | "granted" | "denied" | "unsupported";

/** What a notification says. */
export interface NotificationText {
  readonly title: string;
  readonly body?: string;
  /** Address of a picture. */
  readonly icon?: string;
}

/** @typeParam Custom - of the message's `custom`, if the app has a schema. */
export interface NotificationsOptions<Custom = JsonObject> {
  /** Default: the conversation's name or the author's id, and the first 200 characters. `undefined` shows none. */
  readonly textOf?: (message: MessageRecord<Custom>) => NotificationText | undefined;
  /** The person has followed one: show that message. The window has the focus by then. */
  readonly onOpen?: (message: MessageRecord<Custom>) => void;
  /** Would they see the message anyway? Default: the page is visible and has the focus. */
  readonly isWatching?: (message: MessageRecord<Custom>) => boolean;
}

/** Notifications of the system for what others say while nobody is looking. Observes the permission. */
export interface Notifications<Custom = JsonObject> extends Observable<NotificationPermissionState> {
  /** Asks the person. Browsers show the question only in answer to a click or a key. */
  request(): Promise<NotificationPermissionState>;
  /** Begins to notify; the function returned ends it. */
  start(options?: NotificationsOptions<Custom>): Unsubscribe;
}

/** What there is to tell of a message. */
type Said = Pick<MessageRecord, "conversationId" | "authorId" | "content">;

const LONGEST_BODY = 200;

/**
 * Notifies of new messages once started. Respects each conversation's notification level, and says what several tabs of
 * the app have to say once, as all of them use the message's id as its tag.
 */
export function createNotifications<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
): Notifications<CustomOf<Schemas, "message">> {
  type Message = MessageRecord<CustomOf<Schemas, "message">>;
  type Options = NotificationsOptions<CustomOf<Schemas, "message">>;
  const scope = createScope(rethrow);
  const permission = scope.cell<NotificationPermissionState>("unsupported");
  scope.hold(); // as on a server
  permission.set(currentPermission());

  const tell = (message: Message, options: Options): void => {
    const { isWatching = isPageWatched, textOf: describe, onOpen } = options;
    permission.set(currentPermission());
    if (permission.get() !== "granted" || isWatching(message) || !isWanted(client, message)) return;
    const text = describe ? describe(message) : plainText(client, message);
    if (!text) return;
    const shown = show(text, message.id);
    if (!shown) return permission.set("unsupported");
    shown.onclick = () => {
      globalThis.focus();
      shown.close();
      onOpen?.(message);
    };
  };

  return {
    get: permission.get,
    subscribe: permission.subscribe,
    start: (options = {}) => client.on("message", (message) => tell(message, options)),
    async request() {
      if (permission.get() === "default") await Notification.requestPermission();
      permission.set(currentPermission());
      return permission.get();
    },
  };
}

function currentPermission(): NotificationPermissionState {
  const { Notification }: Partial<typeof globalThis> = globalThis;
  return Notification?.permission ?? "unsupported";
}

/** Chromium on Android has the constructor and refuses it: there only a service worker may show notifications. */
function show({ title, ...rest }: NotificationText, tag: string): Notification | undefined {
  try {
    return new Notification(title, { ...rest, tag });
  } catch {
    return undefined;
  }
}

function isPageWatched(): boolean {
  const { document }: Partial<typeof globalThis> = globalThis;
  return document?.visibilityState === "visible" && document.hasFocus();
}

function isWanted<Schemas extends CustomSchemas>(client: Client<Schemas>, message: Said): boolean {
  const userId = client.userId.get() ?? "";
  const members = client.conversation(message.conversationId).members.get();
  const { notify = "all", role = "member" } = members.find((member) => member.userId === userId) ?? {};
  if (notify !== "mentions") return notify === "all";
  return textOf(message).ranges.some((range) => isMentioned(range, { userId, role }));
}

function plainText<Schemas extends CustomSchemas>(client: Client<Schemas>, message: Said): NotificationText {
  const { name } = client.conversation(message.conversationId).record.get() ?? {};
  const { text } = textOf(message);
  const body = name === undefined ? text : `${message.authorId}: ${text}`;
  return { title: name ?? message.authorId, body: body.slice(0, LONGEST_BODY) };
}
