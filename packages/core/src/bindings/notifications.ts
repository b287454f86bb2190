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
import type { Reminder } from "./plans.ts";
import { onPushWord } from "./push/opened.ts";
import { tagOf } from "./push/push-message.ts";
import { closeRemindersOfWorker, type ReminderNotices, watchReminders } from "./reminder-notices.ts";
import { rethrow } from "./rethrow.ts";
import { closeOfWorker, type NotifiedOf, showNotification } from "./show-notification.ts";

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
  /**
   * What it says of a reminder that is due. Default: where the message was said, and what the person wrote to themselves or
   * else the message; where nothing may be said, the title of the page. `undefined` shows none.
   *
   * @param message - what it is about; undefined where nothing may be said of it.
   */
  readonly reminderTextOf?: (
    reminder: Reminder,
    message: MessageRecord<Custom> | undefined,
    shows: Notice["shows"],
  ) => NotificationText | undefined;
  /** As `onOpen`, of a reminder. @param message - undefined if it is gone, or they are not where it was said any more. */
  readonly onOpenReminder?: (reminder: Reminder, message: MessageRecord<Custom> | undefined) => void;
  /** Would they see the message anyway? Default: the page is visible and has the focus. */
  readonly isWatching?: (message: MessageRecord<Custom>) => boolean;
  /** Show on the app's icon how much is unread, where it is installed? Default true. */
  readonly badge?: boolean;
}

/** Notifications of the system for what others say, and for reminders, while nobody is looking. Observes the permission. */
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

interface Shown {
  readonly notification: Notification;
  readonly dueAt: number | undefined;
}

const LONGEST_BODY = 200;
/** Messages that wait until it is known what the person has noted, and reminders left to a worker (D9); of more, the newest. */
const MOST_HELD = 100;

/**
 * Notifies once started, by the person's rules (`noticeOf`, `reminderNoticeOf`): of new messages with one notification a
 * conversation, gone when the conversation is read, and of each reminder with one of its own, gone when it was dealt with;
 * here or on another device. Of several tabs one shows it, and none what the app's service worker shows. Until it is known
 * what the person has noted, nothing is shown; then what is still unread.
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

  /** By tag. */
  const shown = new Map<string, Shown>();
  /** By tag, when reminders were due that the service worker shows. */
  const byWorker = new Map<string, number>();

  const close = (tag: string): void => {
    shown.get(tag)?.notification.close();
    shown.delete(tag);
  };

  const present = (text: NotificationText | undefined, of: NotifiedOf, onOpen: () => void): void => {
    const tag = tagOf(of);
    if (!text || (of.dueAt !== undefined && byWorker.get(tag) === of.dueAt)) return;
    const notification = showNotification(text, of);
    if (!notification) return;
    shown.set(tag, { notification, dueAt: of.dueAt });
    notification.onclick = () => {
      globalThis.focus();
      notification.close();
      onOpen();
    };
  };

  /** How far each conversation was read when that was looked at last. */
  const read = new Map<string, number>();

  const closeRead = (): void => {
    const now = client.conversations.get().filter(({ unread }) => unread === 0);
    const news = now.filter((item) => read.get(item.conversationId) !== lastSeqOf(item));
    read.clear();
    for (const item of now) read.set(item.conversationId, lastSeqOf(item));
    for (const { conversationId } of news) close(conversationId);
    if (news.length > 0)
      void closeOfWorker(
        ({ dueAt, conversationId, seq }) => dueAt === undefined && seq <= (read.get(conversationId) ?? 0),
      );
  };

  const closeDealtWith = (dueAts: ReadonlyMap<string, number>): void => {
    for (const [tag, { dueAt }] of shown) if (dueAt !== undefined && dueAts.get(tag) !== dueAt) close(tag);
    void closeRemindersOfWorker(client, dueAts);
  };

  const leaveToWorker = (tag: string, dueAt: number): void => {
    byWorker.delete(tag);
    byWorker.set(tag, dueAt);
    const [oldest] = byWorker.keys();
    if (byWorker.size > MOST_HELD && oldest !== undefined) byWorker.delete(oldest);
  };

  const start = (optionsNow: () => Options): Unsubscribe => {
    const turn = takePageTurns(`tidings.notify/${client.userId.get() ?? ""}`, isPageWatched);
    const inTurn = (work: () => void): void => {
      const isMine = turn.isMine();
      if (isMine === true) work();
      else if (isMine) void isMine.then((is) => is && work());
    };
    const isWanted = (isWatched: boolean): boolean => {
      permission.set(currentPermission());
      return permission.get() === "granted" && !isWatched;
    };
    /** Whether the person wants to be told of them is not known yet. */
    const held: Message[] = [];
    const tell = (message: Message): void => {
      const { isWatching = isPageWatched, textOf: describe, onOpen } = optionsNow();
      if (!isWanted(isWatching(message))) return;
      if (!notices.isKnown()) {
        held.push(message);
        if (held.length > MOST_HELD) held.shift();
        return;
      }
      const notice = notices.of(message);
      if (!notice) return;
      const { shows, sound } = notice;
      const { conversationId, id: messageId, seq } = message;
      inTurn(() => {
        const text = describe ? describe(message, shows) : plainText(client, message, shows);
        present(text, { conversationId, messageId, seq, sound }, () => onOpen?.(message));
      });
    };
    const remind = (reminder: Reminder, message: Message | undefined): void => {
      const { reminderTextOf: describe, onOpenReminder } = optionsNow();
      if (!isWanted(isPageWatched())) return;
      const { conversationId, messageId, dueAt } = reminder;
      const { shows, sound } = notices.ofReminder(dueAt, message);
      const said = shows === "nothing" ? undefined : message;
      inTurn(() => {
        const text = describe ? describe(reminder, said, shows) : reminderText(client, reminder, said, shows);
        const of = { conversationId, messageId, seq: message?.seq ?? 0, sound, dueAt };
        present(text, of, () => onOpenReminder?.(reminder, message));
      });
    };
    const follow = (): void => {
      closeRead();
      if (optionsNow().badge ?? true) setBadge(unreadIn(client.conversations.get(), notices.isMuted));
    };
    const notices = openNotices(client, () => {
      follow();
      if (!notices.isKnown()) return;
      reminders.look();
      for (const message of held.splice(0))
        if (message.seq > (read.get(message.conversationId) ?? 0)) tell(message);
    }); // not before: a page rendered on a server notifies nobody
    const reminders: ReminderNotices = watchReminders(client, {
      isKnown: notices.isKnown,
      onDue: remind,
      onKept: closeDealtWith,
    });
    follow();
    const ends = [
      client.on("message", tell),
      client.conversations.subscribe(follow),
      onPushWord(({ isShown, payload }) => {
        if (!isShown) return;
        close(tagOf(payload));
        if (payload.dueAt !== undefined) leaveToWorker(tagOf(payload), payload.dueAt);
      }),
      ...[turn.end, notices.end, reminders.end],
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
  if (shows === "nothing") return bareText(message);
  const { name } = client.conversation(message.conversationId).record.get() ?? {};
  const text = shows === "text" ? textOf(message).text : "…";
  const body = name === undefined ? text : `${message.authorId}: ${text}`;
  return { title: name ?? message.authorId, body: body.slice(0, LONGEST_BODY) };
}

function reminderText<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  reminder: Reminder,
  message: Said | undefined,
  shows: Notice["shows"],
): NotificationText {
  if (!message) return bareText(reminder);
  const { name } = client.conversation(reminder.conversationId).record.get() ?? {};
  const body = reminder.text ?? (shows === "text" ? textOf(message).text : "…");
  return { title: `⏰ ${name ?? message.authorId}`, body: body.slice(0, LONGEST_BODY) };
}

function bareText({ conversationId }: { readonly conversationId: string }): NotificationText {
  return { title: globalThis.document?.title || conversationId };
}
