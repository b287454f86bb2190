import * as z from "zod/mini";
import { MOST_ATTACHMENTS } from "./bounds.ts";
import type { Policy } from "./policy.ts";
import { role } from "./record-schemas.ts";
import { count, list, type Schema, text } from "./schema.ts";

const amount = z.int().check(z.positive());

export const policy: Schema<Policy> = z.object({
  heartbeatMs: amount,
  typing: z.object({ everyMs: amount, expiresMs: amount }),
  presenceExpiresMs: amount,
  rates: list(
    z.object({
      name: text(32),
      scope: z.enum(["user", "conversation"]),
      tokens: amount,
      perMs: amount,
      burst: amount,
    }),
    16,
  ),
  limits: z.object({
    textLength: amount,
    frameBytes: amount,
    inFlight: amount,
    pageSize: amount,
    members: amount,
    invitations: count,
    pins: count,
    notes: z.exactOptional(count),
    pollOptions: z.exactOptional(count),
    forwards: z.exactOptional(z.boolean()),
    previews: z.exactOptional(z.boolean()),
    files: z.exactOptional(
      z.object({
        bytes: amount,
        perMessage: z.int().check(z.positive(), z.lte(MOST_ATTACHMENTS)),
        perHour: count,
        types: list(text(256), 128),
        leastRole: z.exactOptional(role),
      }),
    ),
    planAheadMs: z.exactOptional(count),
    reports: z.exactOptional(z.boolean()),
    keepAtLeastMs: z.exactOptional(count),
  }),
});
