/** `@tidings/core/errors/texts/en`: the words of errors in English, for those who want them at once. */
export { en } from "./words/en.ts";
