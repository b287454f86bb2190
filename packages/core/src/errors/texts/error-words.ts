import type { ErrorCategory, ErrorCode } from "../codes.ts";
import type { ErrorIssue } from "../messaging-error.ts";

/** What one language says of errors. Data, and small functions where a sentence holds a figure. */
export interface ErrorWords {
  /** BCP 47, such as `"de"` or `"pt-BR"`. */
  readonly language: string;
  readonly direction: "ltr" | "rtl";
  /** What went wrong, by code; of a code that is not here the error itself says it, in English. */
  readonly sentences: Readonly<Partial<Record<ErrorCode, string>>>;
  /** What helps, by the kind of error. */
  readonly remedies: Readonly<Record<ErrorCategory, string>>;
  /** What helps where the error says how long to wait; `when` reads like "in 5 seconds". */
  readonly again: (when: string) => string;
  /** What would put an issue of a draft right; empty if nothing is to be said. */
  readonly suggestionFor: (issue: ErrorIssue) => string;
}

/** A number of characters, in the form its language wants for it. `#` stands for the number. */
export function charactersIn(
  language: string,
  forms: Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>,
): (count: number) => string {
  const rules = new Intl.PluralRules(language);
  const figures = new Intl.NumberFormat(language);
  return (count) => (forms[rules.select(count)] ?? forms.other).replace("#", figures.format(count));
}

/** How much too long, in characters. */
export function excessOf({ actual = 0, limit = 0 }: ErrorIssue): number {
  return actual - limit;
}

/** `custom.place.name`: where in an app's own data something is wrong. */
export function placeOf({ path = [] }: ErrorIssue): string {
  return ["custom", ...path].join(".");
}
