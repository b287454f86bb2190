import type { ErrorIssue, MessagingError } from "../messaging-error.ts";
import type { ErrorWords } from "./error-words.ts";

/** What a person is told of errors, in one language. */
export interface ErrorTexts {
  readonly language: string;
  readonly direction: "ltr" | "rtl";
  /** What went wrong. */
  errorOf(error: MessagingError): string;
  /** What helps; when to try again, if the error says so. */
  remedyOf(error: MessagingError): string;
  /** What is wrong with a draft, and what would put it right. */
  issueOf(issue: ErrorIssue): string;
}

/** Puts a language's words to use, for those who have them at hand. `loadErrorTexts` fetches them. */
export function errorTexts(words: ErrorWords): ErrorTexts {
  const { language, direction, sentences, remedies, again, suggestionFor } = words;
  return {
    language,
    direction,
    errorOf: ({ code, userMessage }) => sentences[code] ?? userMessage,
    remedyOf({ category, retryAfterMs = 0 }) {
      const when = retryAfterMs > 0 ? inTime(language, retryAfterMs) : undefined;
      return when === undefined ? remedies[category] : again(when);
    },
    issueOf: (issue) =>
      [sentences[issue.code] ?? issue.message, suggestionFor(issue)].filter(Boolean).join(" "),
  };
}

const SECONDS_AT_MOST = 90;

/** "in 5 seconds"; `undefined` where the platform cannot say it, as some of React Native. */
function inTime(language: string, ms: number): string | undefined {
  if (!("RelativeTimeFormat" in Intl)) return undefined;
  const format = new Intl.RelativeTimeFormat(language);
  const seconds = Math.ceil(ms / 1_000);
  if (seconds <= SECONDS_AT_MOST) return format.format(seconds, "second");
  return format.format(Math.ceil(seconds / 60), "minute");
}
