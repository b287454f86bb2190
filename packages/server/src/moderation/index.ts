/** `@tidings/server/moderation`: what judges messages before anybody sees them. */
export { links, type LinksOptions } from "./links.ts";
export type { ModeratedDraft, ModerationContext, Moderator, Stretch, Verdict } from "./moderator.ts";
export { profanity, type ProfanityOptions } from "./profanity.ts";
export { scorer, type ScorerOptions } from "./scorer.ts";
export { spam, type SpamOptions } from "./spam.ts";
