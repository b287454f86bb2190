import { createEmitter, type Emitter } from "../base/emitter.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { ClientEvents } from "./events.ts";

/** The client's events, where a listener that throws becomes an `error` event and harms nobody else (D10). */
export function createEvents(): {
  readonly events: Emitter<ClientEvents>;
  readonly onListenerError: (cause: unknown, name?: string) => void;
} {
  let isReporting = false;
  const onListenerError = (cause: unknown, name?: string): void => {
    if (isReporting || name === "error") return; // an `error` listener that fails, now or later, has nobody left to tell
    isReporting = true;
    const message = "unable to tell a listener; it threw";
    events.emit("error", new MessagingError("client/listener", { message, cause }));
    isReporting = false;
  };
  const events = createEmitter<ClientEvents>(onListenerError);
  return { events, onListenerError };
}
