import type { Unsubscribe } from "../../base/observable.ts";
import type { PushPayload } from "../../protocol/push-payload.ts";
import { readPushWord } from "./push-message.ts";

/** Told when the person follows a notification that the worker has shown, while a page of the app is open. */
export function onPushOpened(listener: (payload: PushPayload) => void): Unsubscribe {
  const { navigator }: Partial<typeof globalThis> = globalThis;
  const container: ServiceWorkerContainer | undefined = navigator?.serviceWorker;
  const hear = ({ data }: MessageEvent): void => {
    const word = readPushWord(data);
    if (word?.type === "tidings.opened") listener(word.payload);
  };
  container?.addEventListener("message", hear);
  return () => container?.removeEventListener("message", hear);
}
