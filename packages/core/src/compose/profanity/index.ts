/** `@tidings/core/profanity`: obscene words, in what is about to be sent. */
export { type Profanity, profanityFinder, type ProfanityOptions } from "./find-profanity.ts";
export { plainTextOf, type PlainText } from "./plain-text.ts";
export { profanityStep, type ProfanityStepOptions } from "./profanity-step.ts";
