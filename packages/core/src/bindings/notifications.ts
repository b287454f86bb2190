import type { JsonObject } from "../base/json.ts";
import { createScope, type Observable, type Unsubscribe } from "../base/observable.ts";
import type { CustomOf, CustomSchemas } from "../compose/custom.ts";
import type { Client } from "../client/types.ts";
import type { Notice } from "../domain/notice.ts";
import type { MessageRecord } from "../protocol/records.ts";
import { textOf } from "./composer-sources.ts";
import { openNotices } from "./notice-scenes.ts";
import type { NotificationText } from "./notification-text.ts";
import { takePageTurns } from "./page-turn.ts";
import { readPushPayload } from "./push/push-message.ts";
import { rethrow } from "./rethrow.ts";

/** `unsupported`: this browser shows none, or not to this page. */
export type NotificationPermissionState = "default" | "granted" | "denied" | "unsupported";

/** @typeParam Custom - of the message's `custom`, if the app has a schema. */
export interface NotificationsOptions<Custom = JsonObject> {
  /**
   * Default: the conversation's name or the author's id, and the first 200 characters; where nothing may be said, the
   * title of the page. `undefined` shows none.
   *
   * @param shows - how much of the message may be said, by the person's rules and the conversation's.
   */
  readonly textOf?: (message: MessageRecord<Custom>, shows: Notice["shows"]) => NotificationText | undefined;
  /** The person has followed one: show that message. The window has the focus by then. */
  readonly onOpen?: (message: MessageRecord<Custom>) => void;
  /** Would they see the message anyway? Default: the page is visible and has the focus. */
  readonly isWatching?: (message: MessageRecord<Custom>) => boolean;
  /** Show on the app's icon how much is unread, where it is installed? Default true. */
  readonly badge?: boolean;
}

/** Notifications of the system for what others say while nobody is looking. Observes the permission. */
export interface Notifications<Custom = JsonObject> extends Observable<NotificationPermissionState> {
  /** Asks the person. Browsers show the question only in answer to a click or a key. */
  request(): Promise<NotificationPermissionState>;
  /**
   * Begins to notify; the function returned ends it.
   *
   * @param options - a function is asked for them each time, so that they may change.
   */
  start(
    options?: NotificationsOptions<Custom> | (() => NotificationsOptions<Custom> | undefined),
  ): Unsubscribe;
}

/** What there is to tell of a message. */
type Said = Pick<MessageRecord, "conversationId" | "authorId" | "content">;

const LONGEST_BODY = 200;
/** Messages that wait until it is known what the person has noted (D9); of more, the newest. */
const MOST_HELD = 100;

/**
 * Notifies of new messages once started, by the person's rules (`noticeOf`): one notification a conversation, gone when
 * the conversation is read, here or on another device. Of several tabs one shows it. Until it is known what the person
 * has noted, nothing is shown; then what is still unread.
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

  const shown = new Map<string, Notification>();

  const present = (message: Message, notice: Notice, { textOf: describe, onOpen }: Options): void => {
    const text = describe ? describe(message, notice.shows) : plainText(client, message, notice.shows);
    if (!text) return;
    const notification = show(text, message, notice);
    if (!notification) return;
    shown.set(message.conversationId, notification);
    notification.onclick = () => {
      globalThis.focus();
      notification.close();
      onOpen?.(message);
    };
  };

  /** How far each conversation was read when that was looked at last. */
  const read = new Map<string, number>();

  const closeRead = (): void => {
    const now = client.conversations.get().filter(({ unread }) => unread === 0);
    const news = now.filter((item) => read.get(item.conversationId) !== lastSeqOf(item));
    read.clear();
    for (const item of now) read.set(item.conversationId, lastSeqOf(item));
    for (const { conversationId } of news) {
      shown.get(conversationId)?.close();
      shown.delete(conversationId);
    }
    if (news.length > 0) void closeOfWorker(read);
  };

  const start = (optionsNow: () => Options): Unsubscribe => {
    const turn = takePageTurns(`tidings.notify/${client.userId.get() ?? ""}`, isPageWatched);
    /** Whether the person wants to be told of them is not known yet. */
    const held: Message[] = [];
    const tell = (message: Message): void => {
      const options = optionsNow();
      const { isWatching = isPageWatched } = options;
      permission.set(currentPermission());
      if (permission.get() !== "granted" || isWatching(message)) return;
      if (!notices.isKnown()) {
        held.push(message);
        if (held.length > MOST_HELD) held.shift();
        return;
      }
      const notice = notices.of(message);
      if (!notice) return;
      const isMine = turn.isMine();
      if (isMine === true) present(message, notice, options);
      else if (isMine) void isMine.then((is) => is && present(message, notice, options));
    };
    const follow = (): void => {
      closeRead();
      if (optionsNow().badge ?? true) setBadge(unreadIn(client.conversations.get(), notices.isMuted));
    };
    const notices = openNotices(client, () => {
      follow();
      if (!notices.isKnown()) return;
      for (const message of held.splice(0))
        if (message.seq > (read.get(message.conversationId) ?? 0)) tell(message);
    }); // not before: a page rendered on a server notifies nobody
    follow();
    const ends = [
      client.on("message", tell),
      client.conversations.subscribe(follow),
      ...[turn.end, notices.end],
    ];
    return () => ends.forEach((end) => end());
  };

  return {
    get: permission.get,
    subscribe: permission.subscribe,
    start: (options = {}) => start(typeof options === "function" ? () => options() ?? {} : () => options),
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

/** Chromium on Android has the constructor and refuses it: there the app's service worker shows notifications. */
function show(
  { title, ...rest }: NotificationText,
  { conversationId, id: messageId, seq }: MessageRecord<unknown>,
  { sound }: Notice,
): Notification | undefined {
  const options = { ...rest, tag: conversationId, renotify: sound, silent: !sound };
  try {
    return new Notification(title, options);
  } catch {
    const data = { version: 1, conversationId, messageId, seq, count: 1, badge: 0, sound };
    void registration().then((worker) => worker?.showNotification(title, { ...options, data }));
    return undefined;
  }
}

async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  const { navigator }: Partial<typeof globalThis> = globalThis;
  const workers: ServiceWorkerContainer | undefined = navigator?.serviceWorker;
  return workers?.getRegistration();
}

/** What the app's service worker shows of conversations that are read by now, up to the sequence named. */
async function closeOfWorker(read: ReadonlyMap<string, number>): Promise<void> {
  const shown = await (await registration())?.getNotifications();
  for (const notification of shown ?? []) {
    const { seq } = readPushPayload(notification.data) ?? {};
    if (seq !== undefined && seq <= (read.get(notification.tag) ?? 0)) notification.close();
  }
}

function lastSeqOf({ lastMessage }: { readonly lastMessage?: { readonly seq: number } | undefined }): number {
  return lastMessage?.seq ?? 0;
}

function setBadge(count: number): void {
  const { navigator }: { readonly navigator?: Partial<Navigator> } = globalThis;
  void navigator?.setAppBadge?.(count).catch(() => {}); // of an app that is not installed
}

/** Whatever is not muted counts, as it does in what a server pushes. */
function unreadIn(
  listed: readonly { readonly conversationId: string; readonly unread: number }[],
  isMuted: (conversationId: string) => boolean,
): number {
  return listed.reduce(
    (sum, { conversationId, unread }) => sum + (unread > 0 && !isMuted(conversationId) ? unread : 0),
    0,
  );
}

function isPageWatched(): boolean {
  const { document }: Partial<typeof globalThis> = globalThis;
  return document?.visibilityState === "visible" && document.hasFocus();
}

function plainText<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  message: Said,
  shows: Notice["shows"],
): NotificationText {
  if (shows === "nothing") return { title: globalThis.document?.title || message.conversationId };
  const { name } = client.conversation(message.conversationId).record.get() ?? {};
  const text = shows === "text" ? textOf(message).text : "…";
  const body = name === undefined ? text : `${message.authorId}: ${text}`;
  return { title: name ?? message.authorId, body: body.slice(0, LONGEST_BODY) };
}
