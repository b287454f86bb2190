import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Policy } from "@tidings/core/protocol";
import type { Scope } from "../auth/scopes.ts";
import { type Algorithm, ALGORITHMS } from "../auth/tokens.ts";
import type { ConversationIds } from "../engine/conversation-ids.ts";
import type { Lobby } from "../engine/lobbies.ts";
import type { PreviewOptions } from "../previews/preview-options.ts";
import type { RetentionOptions, ServerOptions } from "../options.ts";
import { type ExportRequest, type ImportRequest, readExport, readImport } from "./archive-arguments.ts";
import { readRoles, readScopes, readServiceKeys, readTiers } from "./credentials.ts";
import { readDuration } from "./duration.ts";
import { readFiles } from "./files.ts";
import { readList } from "./lists.ts";
import { misused } from "./misused.ts";
import { readModerators } from "./moderators.ts";
import { readPush } from "./push.ts";

/** What the command line asks for. */
export type Invocation =
  | { readonly command: "help" | "version" | "vapid" }
  | { readonly command: "serve"; readonly settings: CommandSettings }
  | { readonly command: "migrate"; readonly database: string }
  | ((ExportRequest | ImportRequest) & { readonly settings: CommandSettings })
  | { readonly command: "key"; readonly name: string; readonly scopes: readonly Scope[] }
  | {
      readonly command: "token";
      readonly settings: CommandSettings;
      readonly userId: string;
      readonly expiresInMs: number | undefined;
      readonly tier: string | undefined;
      readonly roles: readonly string[] | undefined;
    };

/** Flags and environment variables, read; flags win. */
export interface CommandSettings {
  /** All but the secret, which may yet have to be found. */
  readonly server: Omit<ServerOptions, "secret" | "log">;
  readonly secret: string | undefined;
  readonly dataFile: string;
  readonly logLevel: string;
  /** Commands are traced with the OpenTelemetry SDK that was started before. */
  readonly hasTraces: boolean;
}

const flags = {
  port: { type: "string" },
  host: { type: "string" },
  path: { type: "string" },
  data: { type: "string" },
  database: { type: "string" },
  "database-replica": { type: "string" },
  "database-connections": { type: "string" },
  "statement-timeout": { type: "string" },
  redis: { type: "string" },
  jwks: { type: "string" },
  algorithms: { type: "string" },
  tier: { type: "string" },
  tiers: { type: "string" },
  roles: { type: "string" },
  "service-keys": { type: "string" },
  "issue-tokens": { type: "string" },
  api: { type: "string" },
  "requests-per-second": { type: "string" },
  "requests-per-second-per-address": { type: "string" },
  scopes: { type: "string" },
  issuer: { type: "string" },
  audience: { type: "string" },
  origins: { type: "string" },
  "trusted-proxies": { type: "string" },
  connections: { type: "string" },
  "connections-per-address": { type: "string" },
  lobbies: { type: "string" },
  "conversation-ids": { type: "string" },
  policy: { type: "string" },
  serve: { type: "string" },
  files: { type: "string" },
  "files-url": { type: "string" },
  clamd: { type: "string" },
  previews: { type: "string" },
  "previews-url": { type: "string" },
  profanity: { type: "string" },
  "profanity-words": { type: "string" },
  spam: { type: "string" },
  links: { type: "string" },
  "links-deny": { type: "string" },
  "links-shorteners": { type: "string" },
  "push-subject": { type: "string" },
  "push-origins": { type: "string" },
  "vapid-public-key": { type: "string" },
  "metrics-port": { type: "string" },
  "metrics-host": { type: "string" },
  "max-age": { type: "string" },
  "max-messages": { type: "string" },
  "max-audit-age": { type: "string" },
  "log-level": { type: "string" },
  traces: { type: "boolean" },
  expires: { type: "string" },
  out: { type: "string" },
  user: { type: "string" },
  conversation: { type: "string" },
  "with-files": { type: "string" },
  check: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {MessagingError} `client/misused` */
export function readArguments(words: readonly string[], environment: Environment): Invocation {
  const { values, positionals } = parse(words);
  if (values.help) return { command: "help" };
  if (values.version) return { command: "version" };
  const [command = "serve", ...rest] = positionals;
  const settings = readSettings(
    (name) => {
      // What a server gives roles is one thing, which of them a token names another.
      const flag = command === "token" && name === "roles" ? undefined : values[name];
      if (typeof flag === "string") return flag;
      const variable = name.replaceAll("-", "_").toUpperCase();
      return environment[`TIDINGS_${variable}`] ?? environment[usualVariable[name] ?? ""];
    },
    {
      secret: environment["TIDINGS_SECRET"],
      vapid: environment["TIDINGS_VAPID_PRIVATE_KEY"],
      isServing: command === "serve",
      hasTraces: values.traces ?? environment["TIDINGS_TRACES"] === "1",
    },
  );
  if (command === "vapid" && rest.length === 0) return { command };
  if (command === "serve" && rest.length === 0) return { command, settings };
  if (command === "migrate" && rest.length === 0) {
    const { database } = settings.server;
    if (database === undefined) throw misused('"migrate" needs --database or DATABASE_URL');
    return { command, database };
  }
  if (command === "export") return { settings, ...readExport(values, rest) };
  if (command === "import") return { settings, ...readImport(values, rest) };
  const [userId] = rest;
  if (command === "token" && userId !== undefined && rest.length === 1) {
    const expiresInMs = mapped(values.expires, readDuration);
    return {
      command,
      settings,
      userId,
      expiresInMs,
      tier: values.tier,
      roles: mapped(values.roles, readList),
    };
  }
  if (command === "key" && userId !== undefined && rest.length === 1) {
    return { command, name: userId, scopes: readScopes(values.scopes ?? "") };
  }
  if (command === "key")
    throw misused('"key" takes one name, as in: tidings-server key backend --scopes act');
  if (command === "token") throw misused('"token" takes one user, as in: tidings-server token ada');
  throw misused(`"${positionals.join(" ")}" is not a command; see tidings-server --help`);
}

function parse(words: readonly string[]): ReturnType<typeof parseFlags> {
  try {
    return parseFlags(words);
  } catch (error) {
    throw misused(error instanceof Error ? error.message : String(error));
  }
}

function parseFlags(words: readonly string[]) {
  return parseArgs({ args: [...words], options: flags, allowPositionals: true });
}

/** Names that hosts and tools give such settings too. */
const usualVariable: Readonly<Record<string, string>> = { database: "DATABASE_URL", redis: "REDIS_URL" };

type Setting = Exclude<keyof typeof flags, "help" | "version" | "traces" | "check">;

interface Surroundings {
  readonly secret: string | undefined;
  readonly vapid: string | undefined;
  /** Of what only a server does, nothing has to be complete where none is started. */
  readonly isServing: boolean;
  readonly hasTraces: boolean;
}

function readSettings(
  read: (name: Setting) => string | undefined,
  { secret, vapid, isServing, hasTraces }: Surroundings,
): CommandSettings {
  const dataFile = read("data") ?? "tidings.db";
  const logLevel = read("log-level") ?? "info";
  if (!LOG_LEVELS.includes(logLevel)) throw misused(`the log level is one of ${LOG_LEVELS.join(", ")}`);
  const origins = read("origins");
  const number = (name: Setting): number | undefined => mapped(read(name), (text) => readNumber(name, text));
  const database = read("database");
  return {
    secret,
    dataFile,
    logLevel,
    hasTraces,
    server: {
      ...(database === undefined ? { dataFile } : { database }),
      databaseReplica: read("database-replica"),
      databaseConnections: number("database-connections"),
      statementTimeoutMs: mapped(read("statement-timeout"), readDuration),
      redis: read("redis"),
      port: number("port"),
      host: read("host"),
      path: read("path"),
      jwks: read("jwks"),
      algorithms: mapped(read("algorithms"), readAlgorithms),
      tiers: mapped(read("tiers"), readTiers),
      roles: mapped(read("roles"), readRoles),
      serviceKeys: mapped(read("service-keys"), readServiceKeys),
      issueTokens: mapped(read("issue-tokens"), readSwitch),
      api: mapped(read("api"), readSwitch),
      bounds: {
        connections: number("connections"),
        auditRetentionMs: mapped(read("max-audit-age"), readDuration),
        connectionsPerAddress: number("connections-per-address"),
        requestsPerSecond: number("requests-per-second"),
        requestsPerSecondPerAddress: number("requests-per-second-per-address"),
      },
      issuer: read("issuer"),
      audience: read("audience"),
      origins: origins === "*" ? "*" : mapped(origins, readList),
      trustedProxies: number("trusted-proxies"),
      lobbies: mapped(read("lobbies"), (text) => readList(text).map(readLobby)),
      conversationIds: mapped(read("conversation-ids"), readConversationIds),
      policy: mapped(read("policy"), readPolicy),
      metricsPort: mapped(read("metrics-port"), (text) => readNumber("metrics-port", text)),
      metricsHost: read("metrics-host"),
      serve: mapped(read("serve"), (dir) => ({ dir })),
      files: readFiles(read("files"), read("files-url"), read("clamd")),
      previews: readPreviews(read("previews"), read("previews-url")),
      moderators: readModerators(read),
      push: isServing ? readPush(read, vapid) : undefined,
      retention: readRetention(read("max-age"), read("max-messages")),
    },
  };
}

function readPreviews(isOn: string | undefined, url: string | undefined): PreviewOptions | undefined {
  return isOn !== undefined && readSwitch(isOn) ? { url } : undefined;
}

function readRetention(maxAge?: string, maxMessages?: string): RetentionOptions | undefined {
  if (maxAge === undefined && maxMessages === undefined) return undefined;
  return {
    maxAgeMs: mapped(maxAge, readDuration),
    maxMessages: mapped(maxMessages, (text) => readNumber("max-messages", text)),
  };
}

function readAlgorithms(text: string): readonly Algorithm[] {
  return readList(text).map((name) => {
    const algorithm = ALGORITHMS.find((each) => each === name);
    if (!algorithm) throw misused(`"${name}" is not an algorithm; they are ${ALGORITHMS.join(", ")}`);
    return algorithm;
  });
}

function readSwitch(text: string): boolean {
  if (text === "on" || text === "off") return text === "on";
  throw misused(`"${text}" is neither on nor off`);
}

function readConversationIds(text: string): ConversationIds {
  if (text === "chosen" || text === "random") return text;
  throw misused(`"${text}" is neither chosen nor random`);
}

function readLobby(conversationId: string): Lobby {
  const name = conversationId.charAt(0).toUpperCase() + conversationId.slice(1);
  return { conversationId, name, kind: "community" };
}

function readNumber(name: string, text: string): number {
  if (/^\d{1,9}$/u.test(text)) return Number(text);
  throw misused(`${name} must be a number, not "${text}"`);
}

/** Which names it may hold, and what under them, is checked with all other options. */
function readPolicy(file: string): Partial<Policy> {
  try {
    const policy: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof policy === "object" && policy !== null) return policy;
  } catch (error) {
    throw misused(`the policy cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw misused(`the policy in ${file} is not an object`);
}

function mapped<Item>(text: string | undefined, read: (text: string) => Item): Item | undefined {
  return text === undefined ? undefined : read(text);
}
