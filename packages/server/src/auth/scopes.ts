/**
 * What may be done beyond a user's own rights:
 *
 * - `act`: speak for any user, with that user's rights;
 * - `system`: speak as the server itself, above everybody's rights (service keys only);
 * - `erase`: erase users;
 * - `tokens`: issue tokens for any user, where the server allows it at all.
 */
export const SCOPES = ["act", "system", "erase", "tokens"] as const;

export type Scope = (typeof SCOPES)[number];
