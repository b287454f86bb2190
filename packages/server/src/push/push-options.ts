import * as z from "zod";
import type { PushProvider } from "./provider.ts";
import type { WebPushOptions } from "./web-push-provider.ts";

/** Who is told of messages while they are not there, and how. */
export interface PushOptions {
  /** Web Push, for browsers; keys come from `tidings-server vapid` or `createVapidKeys()`. */
  readonly vapid?: WebPushOptions | undefined;
  /** Another way, instead of `vapid`. The server closes it. */
  readonly provider?: PushProvider | undefined;
  /** So long somebody may read a message before they are pushed. Default 5 s. */
  readonly graceMs?: number | undefined;
  /** What could not be delivered for so long is not worth it any more. Default a day. */
  readonly ttlMs?: number | undefined;
}

export interface PushSettings extends PushOptions {
  readonly graceMs: number;
  readonly ttlMs: number;
}

const key = z.string().regex(/^[\w-]+$/u, { error: "must be a key as tidings-server vapid prints it" });

const webPush = z.strictObject({
  publicKey: key,
  privateKey: key,
  subject: z.string().regex(/^(?:mailto:|https:\/\/)\S+$/u, {
    error: 'must be an address, as "mailto:ops@example.com"',
  }),
  origins: z.array(z.string()).optional(),
  addresses: z.array(z.string()).optional(),
});

export const pushSettings: z.ZodType<PushSettings> = z
  .strictObject({
    vapid: webPush.optional(),
    provider: z.custom<PushProvider>((value) => typeof value === "object" && value !== null).optional(),
    graceMs: z.int().nonnegative().default(5_000),
    ttlMs: z
      .int()
      .positive()
      .max(28 * 86_400_000)
      .default(86_400_000),
  })
  .refine(({ vapid, provider }) => (vapid === undefined) !== (provider === undefined), {
    error: "takes either vapid or provider",
  });
