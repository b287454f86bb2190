/** `@tidings/core/errors/texts/es`: the words of errors in Spanish, for those who want them at once. */
export { es } from "./words/es.ts";
