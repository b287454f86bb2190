/** `@tidings/core/errors/texts`: what a person is told of errors, in the language they read. */
export { type ErrorTexts, errorTexts } from "./error-texts.ts";
export type { ErrorWords } from "./error-words.ts";
export { type ErrorWordsSource, loadErrorTexts } from "./load-error-texts.ts";
