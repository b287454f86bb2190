import { MessagingError } from "@tidings/core/errors";

/** The command line is wrong, or the environment. */
export function misused(reason: string): MessagingError {
  return new MessagingError("client/misused", { message: `unable to start; ${reason}` });
}
