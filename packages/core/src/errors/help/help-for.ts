import { type ErrorCategory, type ErrorCode, entryOf } from "../codes.ts";
import { MessagingError } from "../messaging-error.ts";

/** All there is to know of a code: its heading of `docs/errors.md`, as data. English, in Markdown. */
export interface ErrorHelp {
  readonly code: ErrorCode;
  readonly category: ErrorCategory;
  readonly retryable: boolean;
  readonly means: string;
  readonly why: string;
  /** What the SDK has done already when the error is seen. */
  readonly sdk: string;
  /** What the developer can do. */
  readonly developer: string;
  /** What the person at the screen can do. */
  readonly person: string;
  /** The heading in the copy of the page that comes with the package. */
  readonly page: string;
}

/**
 * The help page of a code. It is fetched when first asked for, and not a part of what an app's bundle begins with.
 *
 * @example
 * ```ts
 * import { helpFor } from "@tidings/core/errors/help";
 *
 * const { means, sdk, developer } = await helpFor("storage/failed");
 * ```
 */
export async function helpFor(code: ErrorCode): Promise<ErrorHelp> {
  const { helpTexts } = await import("./help-texts.ts");
  const [means, why, sdk, developer, person] = helpTexts[code];
  const { category, retryable } = entryOf(code);
  const page = new MessagingError(code).help;
  return { code, category, retryable, means, why, sdk, developer, person, page };
}
