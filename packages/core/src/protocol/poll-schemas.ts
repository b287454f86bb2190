import * as z from "zod/mini";
import { LONGEST_OPTION, OPTIONS_PER_POLL, REACTION_NAMES } from "./bounds.ts";
import type { Poll, PollTally } from "./polls.ts";
import { count, id, list, type Schema, text } from "./schema.ts";

export const option: Schema<number> = z.int().check(z.gte(0), z.lt(OPTIONS_PER_POLL));
export const choices: Schema<readonly number[]> = list(option, OPTIONS_PER_POLL);

export const poll: Schema<Poll> = z.object({
  options: list(text(LONGEST_OPTION), OPTIONS_PER_POLL),
  many: z.exactOptional(z.boolean()),
  anonymous: z.exactOptional(z.boolean()),
  closesAt: z.exactOptional(count),
});

export const pollTally: Schema<PollTally> = z.object({
  results: list(z.object({ count, userIds: list(id, REACTION_NAMES) }), OPTIONS_PER_POLL),
  voters: count,
  closedAt: z.exactOptional(count),
  closedBy: z.exactOptional(id),
});
