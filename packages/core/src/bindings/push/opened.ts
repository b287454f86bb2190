import type { Unsubscribe } from "../../base/observable.ts";
import type { PushPayload } from "../../protocol/push-payload.ts";
import { type PushWord, readPushWord } from "./push-message.ts";

/** Told when the person follows a notification that the worker has shown, while a page of the app is open. */
export function onPushOpened(listener: (payload: PushPayload) => void): Unsubscribe {
  return onPushWord(({ type, payload }) => {
    if (type === "tidings.opened") listener(payload);
  });
}

/** Told of all that the app's service worker says. */
export function onPushWord(listener: (word: PushWord) => void): Unsubscribe {
  const { navigator }: Partial<typeof globalThis> = globalThis;
  const container: ServiceWorkerContainer | undefined = navigator?.serviceWorker;
  const hear = ({ data }: MessageEvent): void => {
    const word = readPushWord(data);
    if (word) listener(word);
  };
  container?.addEventListener("message", hear);
  return () => container?.removeEventListener("message", hear);
}
