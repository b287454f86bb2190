/**
 * What may be done beyond a user's own rights:
 *
 * - `act`: speak for any user, with that user's rights;
 * - `system`: speak as the server itself, above everybody's rights (service keys only);
 * - `erase`: erase users and conversations;
 * - `export`: read everything kept of any user, and conversations in figures;
 * - `archive`: read everything there is, as it can be imported elsewhere;
 * - `moderate`: see and decide what moderators of any conversation are to look at;
 * - `audit`: read who did what to others;
 * - `tokens`: issue tokens for any user, where the server allows it at all.
 */
export const SCOPES = ["act", "system", "erase", "export", "archive", "moderate", "audit", "tokens"] as const;

export type Scope = (typeof SCOPES)[number];
