/** `@tidings/core/errors/texts/ar`: the words of errors in Arabic, for those who want them at once. */
export { ar } from "./words/ar.ts";
