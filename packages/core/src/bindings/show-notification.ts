import type { PushPayload } from "../protocol/push-payload.ts";
import type { NotificationText } from "./notification-text.ts";
import { readPushPayload, tagOf } from "./push/push-message.ts";

/** What a notification is of. */
export type NotifiedOf = Pick<PushPayload, "conversationId" | "messageId" | "seq" | "dueAt" | "sound">;

/**
 * Shows a notification of the page, or undefined where the service worker has to show it: Chromium on Android has the
 * constructor and refuses it.
 */
export function showNotification(
  { title, ...rest }: NotificationText,
  of: NotifiedOf,
): Notification | undefined {
  const { sound } = of;
  const options = { ...rest, tag: tagOf(of), renotify: sound, silent: !sound };
  try {
    return new Notification(title, options);
  } catch {
    const data: PushPayload = { version: 1, count: 1, badge: 0, ...of };
    void registration().then((worker) => worker?.showNotification(title, { ...options, data }));
    return undefined;
  }
}

/** What the app's service worker shows, and of what. */
export async function shownByWorker(): Promise<
  readonly { readonly of: PushPayload; readonly notification: Notification }[]
> {
  const shown = await (await registration())?.getNotifications();
  return (shown ?? []).flatMap((notification) => {
    const of = readPushPayload(notification.data);
    return of ? [{ of, notification }] : [];
  });
}

export async function closeOfWorker(isOver: (of: PushPayload) => boolean): Promise<void> {
  for (const { of, notification } of await shownByWorker()) if (isOver(of)) notification.close();
}

async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  const { navigator }: Partial<typeof globalThis> = globalThis;
  const workers: ServiceWorkerContainer | undefined = navigator?.serviceWorker;
  return workers?.getRegistration();
}
