import * as z from "zod";
import type { S3Options } from "./s3-store.ts";
import type { Scan } from "./scan.ts";

/** Where files are kept, and what is asked of them. What they may be like is `policy.limits.files`. */
export interface FileOptions {
  /** A folder of this machine. Default `<dataFile>.files`; with several nodes all have to have it. */
  readonly dir?: string | undefined;
  /** A bucket instead: AWS, MinIO, DigitalOcean Spaces, or whatever else speaks S3. */
  readonly s3?: S3Options | undefined;
  /** Where clients reach this server, for the addresses of files in a folder. Default `http://<host>:<port>`. */
  readonly url?: string | undefined;
  /** Signs those addresses. Default: made of the server's `secret`, else made up, so that they end with this run. */
  readonly secret?: string | undefined;
  /** Files of a bucket are read here instead, by addresses signed with this secret. */
  readonly cdn?: { readonly url: string; readonly secret: string } | undefined;
  /** What one person may keep. Default 1 GiB. */
  readonly bytesPerUser?: number | undefined;
  /** How long the addresses of an upload are good. Default 1 h. */
  readonly uploadMs?: number | undefined;
  /** … and that of a download. Default 15 min. */
  readonly downloadMs?: number | undefined;
  /** Looks through each file before anybody sees it. */
  readonly scan?: Scan | undefined;
  /** ClamAV's daemon does: `"tcp://127.0.0.1:3310"`, `"unix:///run/clamav/clamd.ctl"`. */
  readonly clamd?: string | undefined;
  /** How long that may take. Default 60 s. */
  readonly scanTimeoutMs?: number | undefined;
  /** Files nobody can look through are seen all the same. Default: they are not. */
  readonly isFailOpen?: boolean | undefined;
}

export interface FileSettings extends FileOptions {
  readonly bytesPerUser: number;
  readonly uploadMs: number;
  readonly downloadMs: number;
  readonly scanTimeoutMs: number;
  readonly isFailOpen: boolean;
}

const MINUTE_MS = 60_000;
const name = z.string().min(1);
const address = z.string().refine((text) => /^https?:\/\//u.test(text) && URL.canParse(text), {
  error: 'must be an address, as "https://files.example"',
});

const s3 = z.strictObject({
  ...{ endpoint: address, bucket: name, region: name, accessKeyId: name, secretAccessKey: name },
  isPathStyle: z.boolean().exactOptional(),
  sessionToken: name.exactOptional(),
  prefix: z.string().exactOptional(),
});

export const fileSettings: z.ZodType<FileSettings> = z
  .strictObject({
    dir: name.optional(),
    s3: s3.optional(),
    url: address.optional(),
    secret: z.string().min(32).optional(),
    cdn: z.strictObject({ url: address, secret: z.string().min(32) }).optional(),
    bytesPerUser: z
      .int()
      .positive()
      .default(1_024 ** 3),
    uploadMs: z
      .int()
      .positive()
      .max(7 * 86_400_000)
      .default(60 * MINUTE_MS),
    downloadMs: z
      .int()
      .positive()
      .max(7 * 86_400_000)
      .default(15 * MINUTE_MS),
    scan: z.custom<Scan>((value) => typeof value === "function").optional(),
    clamd: z
      .string()
      .regex(/^(?:tcp:\/\/[^/]+|unix:\/\/\/.+)$/u, { error: 'must be an address, as "tcp://127.0.0.1:3310"' })
      .optional(),
    scanTimeoutMs: z.int().positive().default(MINUTE_MS),
    isFailOpen: z.boolean().default(false),
  })
  .refine(({ dir, s3: bucket }) => dir === undefined || bucket === undefined, {
    error: "takes either dir or s3",
  })
  .refine(({ scan, clamd }) => scan === undefined || clamd === undefined, {
    error: "takes either scan or clamd",
  });

const hosts: Readonly<Record<string, (region: string) => string>> = {
  aws: (region) => `https://s3.${region}.amazonaws.com`,
  spaces: (region) => `https://${region}.digitaloceanspaces.com`,
};

/**
 * A bucket by one address: `"s3://KEY:SECRET@aws/bucket?region=eu-central-1"`, `"s3://KEY:SECRET@spaces/bucket?region=fra1"`,
 * or any host, which then is named by its path, as MinIO and Supabase have it: `"s3+http://KEY:SECRET@127.0.0.1:9000/bucket"`.
 *
 * @returns undefined if it is none.
 */
export function s3At(text: string): S3Options | undefined {
  const [, http, keyId, key, host = "", path = "", query] =
    /^s3(\+http)?:\/\/([^:@]+):([^@]+)@([^/]+)\/([^?]+)(?:\?(.*))?$/u.exec(text) ?? [];
  if (keyId === undefined || key === undefined) return undefined;
  const [bucket = "", ...prefix] = path.split("/");
  const region = new URLSearchParams(query).get("region") ?? "us-east-1";
  const known = hosts[host];
  return {
    endpoint: known ? known(region) : `http${http === undefined ? "s" : ""}://${host}`,
    ...{ bucket, region, isPathStyle: known === undefined },
    ...{ accessKeyId: decodeURIComponent(keyId), secretAccessKey: decodeURIComponent(key) },
    ...(prefix.some((part) => part !== "") && {
      prefix: `${prefix.filter((part) => part !== "").join("/")}/`,
    }),
  };
}
