import * as z from "zod";
import { WEB_PORTS } from "./admitted.ts";

/** Looking up what links in messages lead to. Whoever turns it on lets this server ask strangers. */
export interface PreviewOptions {
  /** Where clients reach this server, for the addresses of pictures. Default: `files.url`, else `http://<host>:<port>`. */
  readonly url?: string | undefined;
  /** Signs those addresses. Default: made of the server's `secret`, else made up, so that they end with this run. */
  readonly secret?: string | undefined;
  /** How long what a page said is kept. Default 6 h. */
  readonly keepMs?: number | undefined;
  /** How long a page, or a picture, may take with all its redirects. Default 5 s. */
  readonly timeoutMs?: number | undefined;
  /** Pages fetched at once, and as many pictures. Default 16. */
  readonly atOnce?: number | undefined;
  /** Pages one person may have looked up, on each node. Default 60. */
  readonly perMinute?: number | undefined;
  /** Ports that may be asked. Default 80 and 443. */
  readonly ports?: readonly number[] | undefined;
  /** Addresses in networks of one's own, as `"10.0.0.7"` or `"10.0.0.0/8"`, that may be asked all the same. Default: none. */
  readonly addresses?: readonly string[] | undefined;
}

export interface PreviewSettings extends PreviewOptions {
  readonly keepMs: number;
  readonly timeoutMs: number;
  readonly atOnce: number;
  readonly perMinute: number;
  readonly ports: readonly number[];
  readonly addresses: readonly string[];
}

export const previewSettings: z.ZodType<PreviewSettings> = z.strictObject({
  url: z
    .string()
    .refine((text) => /^https?:\/\//u.test(text) && URL.canParse(text), {
      error: 'must be an address, as "https://chat.example"',
    })
    .optional(),
  secret: z.string().min(32).optional(),
  keepMs: z
    .int()
    .positive()
    .max(7 * 86_400_000)
    .default(6 * 3_600_000),
  timeoutMs: z.int().positive().max(20_000).default(5_000),
  atOnce: z.int().positive().max(256).default(16),
  perMinute: z.int().positive().max(10_000).default(60),
  ports: z
    .array(z.int().min(1).max(65_535))
    .min(1)
    .default([...WEB_PORTS]),
  addresses: z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).default([]),
});
