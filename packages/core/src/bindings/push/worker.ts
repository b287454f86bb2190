import type { PushPayload } from "../../protocol/push-payload.ts";
import type { NotificationText } from "../notification-text.ts";
import { type PushWord, readPushPayload, tagOf } from "./push-message.ts";

/** What of a `ServiceWorkerGlobalScope` is used; TypeScript knows that only in workers. */
export interface PushWorkerScope {
  readonly registration: {
    readonly scope: string;
    showNotification(title: string, options: object): Promise<void>;
    getNotifications(filter: { readonly tag: string }): Promise<readonly { readonly data: unknown }[]>;
  };
  readonly clients: {
    matchAll(options: object): Promise<readonly PushWorkerPage[]>;
    openWindow(url: string): Promise<unknown>;
  };
  readonly navigator: { setAppBadge?(count: number): Promise<void> };
  addEventListener(type: string, listener: (event: PushWorkerEvent) => void): void;
}

export interface PushWorkerPage {
  readonly focused: boolean;
  readonly visibilityState: string;
  focus(): Promise<unknown>;
  postMessage(message: PushWord): void;
}

/** Of a push, or of a click on a notification. */
export interface PushWorkerEvent {
  waitUntil(work: Promise<unknown>): void;
  readonly data?: { json(): unknown } | null;
  readonly notification?: { readonly data: unknown; close(): void };
}

export interface ServePushesOptions {
  /** What a notification says. Default: who said what and where, as far as the push tells; else what stands in `otherwise`. */
  readonly textOf?: (payload: PushPayload) => NotificationText | Promise<NotificationText>;
  /** Said where no more may be said, in the person's language. Default `{ title: "New message" }`. */
  readonly otherwise?: NotificationText;
  /** As `otherwise`, of a reminder; its title begins that of every reminder. Default `{ title: "Reminder" }`. */
  readonly reminder?: NotificationText;
  /** The page to open on a conversation if none is open. Default: that of the worker's scope. */
  readonly urlOf?: (payload: PushPayload) => string | Promise<string>;
}

/**
 * For an app's service worker: shows what the server pushes, one notification a conversation and one a reminder, and leads
 * from it to the message, in a page that is open or in a new one. Nothing is shown while the person looks at a page of the app.
 *
 * @param scope - `self`; elsewhere than in a service worker nothing happens.
 */
export function servePushes(
  scope: PushWorkerScope | typeof globalThis,
  options: ServePushesOptions = {},
): void {
  if (!isWorker(scope)) return;
  scope.addEventListener("push", (event) => event.waitUntil(show(scope, event, options)));
  scope.addEventListener("notificationclick", (event) => event.waitUntil(open(scope, event, options)));
}

function isWorker(scope: object): scope is PushWorkerScope {
  return "registration" in scope && "clients" in scope;
}

async function show(
  scope: PushWorkerScope,
  { data }: PushWorkerEvent,
  options: ServePushesOptions,
): Promise<void> {
  const { textOf } = options;
  const payload = readPushPayload(jsonOf(data));
  if (!payload) return;
  const { sound, badge } = payload;
  await scope.navigator.setAppBadge?.(badge).catch(() => {}); // of an app that is not installed
  const pages = await pagesOf(scope);
  const isShown = !pages.some(({ focused, visibilityState }) => focused && visibilityState === "visible");
  for (const page of pages) page.postMessage({ type: "tidings.pushed", payload, isShown });
  if (!isShown) return;
  const { title, ...rest } = textOf ? await textOf(payload) : plainText(payload, options);
  const renotify = sound && !(await isRepeated(scope, payload));
  const tag = tagOf(payload);
  await scope.registration.showNotification(title, { ...rest, tag, renotify, silent: !sound, data: payload });
}

/** A server that was interrupted pushes a reminder again; whoever has it on the screen was told. */
async function isRepeated({ registration }: PushWorkerScope, payload: PushPayload): Promise<boolean> {
  if (payload.dueAt === undefined) return false;
  const shown = await registration.getNotifications({ tag: tagOf(payload) });
  return shown.some(({ data }) => readPushPayload(data)?.dueAt === payload.dueAt);
}

async function open(
  scope: PushWorkerScope,
  { notification }: PushWorkerEvent,
  { urlOf }: ServePushesOptions,
): Promise<void> {
  notification?.close();
  const payload = readPushPayload(notification?.data);
  if (!payload) return;
  const [page] = await pagesOf(scope);
  if (page) {
    await page.focus();
    page.postMessage({ type: "tidings.opened", payload });
  } else await scope.clients.openWindow(urlOf ? await urlOf(payload) : scope.registration.scope);
}

/** The one looked at last comes first. */
function pagesOf({ clients }: PushWorkerScope): Promise<readonly PushWorkerPage[]> {
  return clients.matchAll({ type: "window", includeUncontrolled: true });
}

function jsonOf(data: PushWorkerEvent["data"]): unknown {
  try {
    return data?.json();
  } catch {
    return undefined; // somebody else's
  }
}

function plainText(
  { authorId, name, text = "…", count, dueAt, note }: PushPayload,
  { otherwise = { title: "New message" }, reminder = { title: "Reminder" } }: ServePushesOptions,
): NotificationText {
  const isReminder = dueAt !== undefined;
  if (authorId === undefined) return isReminder ? reminder : otherwise;
  const title = name ?? authorId;
  if (isReminder) return { ...reminder, title: `${reminder.title}: ${title}`, body: note ?? text };
  const body = name === undefined ? text : `${authorId}: ${text}`;
  return { title: count > 1 ? `${title} (${count})` : title, body };
}
