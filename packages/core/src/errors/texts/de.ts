/** `@tidings/core/errors/texts/de`: the words of errors in German, for those who want them at once. */
export { de } from "./words/de.ts";
