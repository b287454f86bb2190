/** `@tidings/core/errors/texts/fr`: the words of errors in French, for those who want them at once. */
export { fr } from "./words/fr.ts";
