import type { Clock } from "../base/clock.ts";
import type { ErrorCode } from "./codes.ts";
import { MessagingError } from "./messaging-error.ts";

/** What `work` comes to, or `code` if it comes to nothing in time. @throws {MessagingError} `code` */
export function within<T>(clock: Clock, timeoutMs: number, code: ErrorCode, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const message = `unable to go on; there was no answer for ${timeoutMs} ms`;
    const cancel = clock.after(timeoutMs, () => reject(new MessagingError(code, { message })));
    work.then(resolve, reject).finally(cancel);
  });
}
