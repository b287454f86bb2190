import { resolve } from "node:path";
import type { Tracer } from "@opentelemetry/api";
import { MessagingError } from "@tidings/core/errors";
import { defaultPolicy, type Policy, policy } from "@tidings/core/protocol";
import * as z from "zod";
import {
  type Algorithm,
  ALGORITHMS,
  DEFAULT_AUDIENCE,
  DEFAULT_ISSUER,
  SHORTEST_SECRET,
} from "./auth/tokens.ts";
import { SCOPES, type Scope } from "./auth/scopes.ts";
import type { ServiceKey } from "./auth/service-keys.ts";
import type { Bus } from "./bus/bus.ts";
import type { ConversationIds } from "./engine/conversation-ids.ts";
import type { Lobby } from "./engine/lobbies.ts";
import type { Log } from "./log.ts";
import { bounds, type Defaulted, type ServerBounds } from "./server-bounds.ts";
import { type FileOptions, type FileSettings, fileSettings } from "./files/file-options.ts";
import { type PreviewOptions, type PreviewSettings, previewSettings } from "./previews/preview-options.ts";
import { type PushOptions, type PushSettings, pushSettings } from "./push/push-options.ts";
import type { Moderator } from "./moderation/moderator.ts";
import type { Store } from "./store/store.ts";

/** Everything has a default; `createServer()` is a server for development on this machine. */
export interface ServerOptions {
  /** Default 8787; 0 takes any free one. */
  readonly port?: number | undefined;
  /** The address to listen on. Default `"127.0.0.1"`: this machine only. */
  readonly host?: string | undefined;
  /** The address' path that takes WebSockets. Default `"/"`. */
  readonly path?: string | undefined;
  /** Signs and checks tokens, at least 32 bytes. Without one the server makes one for this run: development mode. */
  readonly secret?: string | undefined;
  /** Address of the public keys, a JWKS, by which tokens may be signed; it is followed as keys rotate. */
  readonly jwks?: string | undefined;
  /** How tokens may be signed by the keys of `jwks`. Default `["RS256", "ES256"]`. */
  readonly algorithms?: readonly Algorithm[] | undefined;
  /** What tokens' claim `tier` multiplies the rates by, as `{ pro: 5 }`. */
  readonly tiers?: Readonly<Record<string, number>> | undefined;
  /** What a name in tokens' claim `roles` allows over HTTP, as `{ support: ["act"] }`. */
  readonly roles?: Readonly<Record<string, readonly Scope[]>> | undefined;
  /** Keys of your backends for the HTTP API; `createServiceKey()` makes them. */
  readonly serviceKeys?: readonly ServiceKey[] | undefined;
  /** Issue tokens over HTTP to service keys of scope `tokens`: for tests only. Default false. */
  readonly issueTokens?: boolean | undefined;
  /** The HTTP API, `/v1` and `/docs`. Default true. */
  readonly api?: boolean | undefined;
  /** Links over HTTP, at `/link` below `path`, for clients that WebSockets do not reach. Default true. */
  readonly httpLinks?: boolean | undefined;
  /** Demanded of tokens. Default `"tidings"`. */
  readonly issuer?: string | undefined;
  /** Demanded of tokens. Default `"tidings"`. */
  readonly audience?: string | undefined;
  /** Web pages that may connect beside the server's own, as `"https://chat.example"`; `"*"` for any. */
  readonly origins?: readonly string[] | "*" | undefined;
  /** Reverse proxies of yours in front, whose `X-Forwarded-For` is believed. Default 0. */
  readonly trustedProxies?: number | undefined;
  /** Path of the embedded database. Default: in memory, gone with the process. */
  readonly dataFile?: string | undefined;
  /** Address of a PostgreSQL, `"postgres://user:password@host/database"`, instead of `dataFile`. */
  readonly database?: string | undefined;
  /**
   * Address of a read-only copy of `database`: pages of history, participants, reactors and versions, and what the index
   * for searches holds, come from there while it is as far as `database`, and figures. Who may read is never asked there.
   */
  readonly databaseReplica?: string | undefined;
  /** Connections to `database` for queries, and so many to the copy; a node takes 7 more for all else. Default 7. */
  readonly databaseConnections?: number | undefined;
  /** After this long `database` gives a statement up, and whoever asked may try again. Default 10 s. */
  readonly statementTimeoutMs?: number | undefined;
  /** Another store, instead of `dataFile` and `database`. The server closes it. */
  readonly store?: Store | undefined;
  /**
   * Address of the Redis that connects several server processes on one `database`: `"redis://host"`,
   * `"redis+sentinel://host,host/name"` or `"redis+cluster://host,host"`.
   */
  readonly redis?: string | undefined;
  /** Connects several server processes, instead of `redis`. Default: this one alone. The server closes it. */
  readonly bus?: Bus | undefined;
  /** What differs from `defaultPolicy`: limits and rates, announced to every client. */
  readonly policy?: Partial<Policy> | undefined;
  /** Conversations everyone who connects is put into. Default one community, `"general"`. */
  readonly lobbies?: readonly Lobby[] | undefined;
  /**
   * `"random"`: conversations that people begin must have a UUID of version 4 or 7 as their id, as the SDK makes them; only
   * the system names them. Otherwise whoever begins one of a chosen id learns whether it is taken. Default `"chosen"`.
   */
  readonly conversationIds?: ConversationIds | undefined;
  /** Prometheus reads `/metrics` at this port; 0 takes any free one. The same as `port`: beside the rest. Default: nobody does. */
  readonly metricsPort?: number | undefined;
  /** The address that port is at. Default `"127.0.0.1"`: this machine only. */
  readonly metricsHost?: string | undefined;
  /** Who judges what is said before anybody sees it, in this order (`@tidings/server/moderation`). Default: nobody. */
  readonly moderators?: readonly Moderator[] | undefined;
  /** A folder of files to serve over HTTP beside the WebSocket. */
  readonly serve?: { readonly dir: string } | undefined;
  readonly bounds?: ServerBounds | undefined;
  /** Where files are kept. Default: in a folder beside `dataFile`; without one nowhere. `false`: there are none. */
  readonly files?: FileOptions | false | undefined;
  /** Tell people of messages while they are not there. Default: nobody is told. */
  readonly push?: PushOptions | undefined;
  /** Look up what links in messages lead to, for those who read them. Default: this server asks no stranger. */
  readonly previews?: PreviewOptions | undefined;
  /** Which messages are kept. Default: all, for good. */
  readonly retention?: RetentionOptions | undefined;
  /** Of an OpenTelemetry SDK of yours: each command becomes a trace. Default: there are none, at no cost. */
  readonly tracer?: Tracer | undefined;
  /** Default: nothing is logged. */
  readonly log?: Log | undefined;
}

/** What is not kept is deleted once an hour. */
export interface RetentionOptions {
  /** Older messages are not kept. */
  readonly maxAgeMs?: number | undefined;
  /** Of each conversation only the newest so many are. */
  readonly maxMessages?: number | undefined;
}

/** The options as the server works with them. */
export interface Settings extends Defaulted<Omit<ServerOptions, Absent | "policy" | "bounds">> {
  readonly secret?: string | undefined;
  readonly jwks?: string | undefined;
  readonly dataFile?: string | undefined;
  readonly database?: string | undefined;
  readonly databaseReplica?: string | undefined;
  readonly databaseConnections?: number | undefined;
  readonly statementTimeoutMs?: number | undefined;
  readonly redis?: string | undefined;
  readonly store?: Store | undefined;
  readonly bus?: Bus | undefined;
  readonly metricsPort?: number | undefined;
  readonly serve?: { readonly dir: string } | undefined;
  readonly log?: Log | undefined;
  readonly tracer?: Tracer | undefined;
  readonly retention?: RetentionOptions | undefined;
  readonly push?: PushSettings | undefined;
  readonly previews?: PreviewSettings | undefined;
  readonly files: FileSettings | false;
  readonly policy: Policy;
  readonly bounds: Defaulted<ServerBounds>;
}

type Absent =
  | "secret"
  | "jwks"
  | "dataFile"
  | "database"
  | "databaseReplica"
  | "databaseConnections"
  | "statementTimeoutMs"
  | "redis"
  | "store"
  | "bus"
  | "metricsPort"
  | "serve"
  | "retention"
  | "push"
  | "previews"
  | "files"
  | "tracer"
  | "log";

const amount = z.int().positive();

const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: 'must be an origin, as "https://chat.example"',
});

const postgresAddress = z.string().refine((text) => URL.canParse(text) && /^postgres(?:ql)?:/u.test(text), {
  error: 'must be an address, as "postgres://user:password@host/database"',
});

/** Whoever can change what it says can be anybody: not to be fetched in the clear. */
const jwksAddress = z
  .string()
  .refine((text) => URL.canParse(text) && (text.startsWith("https://") || isOfThisMachine(new URL(text))), {
    error: 'must be an address, as "https://login.example/.well-known/jwks.json"',
  });

const serviceKey = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,64}$/u),
  hash: z.string().regex(/^[\da-f]{64}$/u, { error: "must be the SHA-256 of a key, in hexadecimal" }),
  scopes: z.array(z.enum(SCOPES)),
});

const lobby = z.strictObject({
  conversationId: z.string().min(1).max(128),
  name: z.string().min(1).max(256),
  kind: z.enum(["group", "space", "community"]),
});

const schema: z.ZodType<Settings> = z.strictObject({
  port: z.int().min(0).max(65_535).default(8_787),
  host: z.string().min(1).default("127.0.0.1"),
  path: z.string().startsWith("/").default("/"),
  secret: z
    .string()
    .refine((text) => Buffer.byteLength(text) >= SHORTEST_SECRET, {
      error: `must have at least ${SHORTEST_SECRET} bytes`,
    })
    .optional(),
  jwks: jwksAddress.optional(),
  algorithms: z.array(z.enum(ALGORITHMS)).min(1).default(["RS256", "ES256"]),
  tiers: z.record(z.string(), z.number().positive().max(1_000)).default({}),
  roles: z.record(z.string(), z.array(z.enum(SCOPES))).default({}),
  serviceKeys: z.array(serviceKey).default([]),
  issueTokens: z.boolean().default(false),
  api: z.boolean().default(true),
  httpLinks: z.boolean().default(true),
  issuer: z.string().min(1).default(DEFAULT_ISSUER),
  audience: z.string().min(1).default(DEFAULT_AUDIENCE),
  origins: z.union([z.literal("*"), z.array(origin)]).default([]),
  trustedProxies: z.int().min(0).max(16).default(0),
  dataFile: z.string().min(1).optional(),
  database: postgresAddress.optional(),
  databaseReplica: postgresAddress.optional(),
  databaseConnections: amount.optional(),
  statementTimeoutMs: amount.optional(),
  store: z.custom<Store>((value) => typeof value === "object" && value !== null).optional(),
  bus: z.custom<Bus>((value) => typeof value === "object" && value !== null).optional(),
  redis: z
    .string()
    .regex(/^redis(?:s|\+sentinel|\+cluster)?:\/\/[^/]/u, {
      error: 'must be an address, as "redis://host:6379"',
    })
    .optional(),
  policy: z.custom<Policy>((value) => policy.safeParse(value).success, { error: "is not a policy" }),
  lobbies: z.array(lobby).default([{ conversationId: "general", name: "General", kind: "community" }]),
  conversationIds: z.enum(["chosen", "random"]).default("chosen"),
  metricsPort: z.int().min(0).max(65_535).optional(),
  metricsHost: z.string().min(1).default("127.0.0.1"),
  serve: z
    .strictObject({
      dir: z
        .string()
        .min(1)
        .transform((dir) => resolve(dir)),
    })
    .optional(),
  moderators: z.array(z.custom<Moderator>((value) => typeof value === "function")).default([]),
  bounds: bounds.prefault({}),
  push: pushSettings.optional(),
  previews: previewSettings.optional(),
  files: z.union([z.literal(false), fileSettings]).prefault({}),
  retention: z.strictObject({ maxAgeMs: amount.optional(), maxMessages: amount.optional() }).optional(),
  tracer: z.custom<Tracer>((value) => typeof value === "object" && value !== null).optional(),
  log: z.custom<Log>((value) => typeof value === "object" && value !== null).optional(),
});

/** @throws {MessagingError} `client/misused`, naming the option and what is wrong with it. */
export function readOptions(options: ServerOptions): Settings {
  const merged = { ...options, policy: { ...defaultPolicy, ...options.policy } };
  const parsed = schema.safeParse(merged);
  if (parsed.success) {
    const { store, dataFile, database } = parsed.data;
    if ([store, dataFile, database].filter((each) => each !== undefined).length > 1)
      throw misused("store, dataFile and database exclude each other");
    for (const name of ["databaseReplica", "databaseConnections", "statementTimeoutMs"] as const)
      if (parsed.data[name] !== undefined && database === undefined)
        throw misused(`${name} is about database; name that too`);
    const { redis, bus } = parsed.data;
    if (redis !== undefined && bus) throw misused("redis and bus exclude each other");
    if (redis !== undefined && store === undefined && database === undefined)
      throw misused("redis connects servers on one database; name it too");
    const { issueTokens, jwks, secret } = parsed.data;
    if (issueTokens && jwks !== undefined && secret === undefined)
      throw misused("issueTokens needs a secret to sign with beside jwks");
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw misused(`${issue?.path.map(String).join(".") || "the options"}: ${issue?.message ?? "are wrong"}`);
}

function isOfThisMachine({ protocol, hostname }: URL): boolean {
  return protocol === "http:" && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/u.test(hostname);
}

function misused(reason: string): MessagingError {
  return new MessagingError("client/misused", { message: `unable to start; ${reason}` });
}
