import type { Cancel, Clock } from "../base/clock.ts";
import { isMessagingError, MessagingError } from "../errors/messaging-error.ts";

/** How to get a token; `undefined` where the backend needs none. */
export type TokenSource = () => string | undefined | Promise<string | undefined>;

/** Asks the app for tokens, once at a time: whoever asks meanwhile gets the same answer. */
export interface Credentials {
  /** @throws {MessagingError} `auth/unavailable` if the source fails or hangs; an error of ours it throws, as it is. */
  token(): Promise<string | undefined>;
  /** Ends the timer. */
  close(): void;
}

export function createCredentials(
  clock: Clock,
  source: TokenSource | undefined,
  timeoutMs: number,
): Credentials {
  let asking: Promise<string | undefined> | undefined;
  let cancel: Cancel = () => {};

  const ask = (): Promise<string | undefined> =>
    new Promise((resolve, reject) => {
      cancel = clock.after(timeoutMs, () => reject(unavailable("`auth` of the app did not answer in time")));
      Promise.resolve()
        .then(() => source?.())
        .then(resolve, (cause) =>
          reject(isMessagingError(cause) ? cause : unavailable("`auth` of the app failed", cause)),
        );
    });

  return {
    token() {
      asking ??= ask().finally(() => {
        cancel();
        asking = undefined;
      });
      return asking;
    },
    close: () => cancel(),
  };
}

function unavailable(reason: string, cause?: unknown): MessagingError {
  return new MessagingError("auth/unavailable", { message: `unable to get a token; ${reason}`, cause });
}
