import type { Observable } from "../base/observable.ts";
import type { ConnectionState } from "../connection/machine.ts";
import { MessagingError } from "../errors/messaging-error.ts";

/**
 * Resolves when the client is online, however many attempts that takes.
 *
 * @throws {MessagingError} when nothing will come of it without the app: the reason it is needed, or `client/closed`
 */
export function untilOnline(state: Observable<ConnectionState>): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = ({ name, error }: ConnectionState): void => {
      if (name === "connecting" || name === "waiting" || name === "offline") return;
      unsubscribe();
      if (name === "online") resolve();
      else
        reject(
          error ??
            new MessagingError("client/closed", { message: `unable to connect; the client is ${name}` }),
        );
    };
    const unsubscribe = state.subscribe(look);
    look(state.get());
  });
}
