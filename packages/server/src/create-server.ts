import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { MessagingError } from "@tidings/core/errors";
import type { FastifyInstance } from "fastify";
import { remoteKeys } from "./auth/remote-keys.ts";
import { createAuthenticator, issueToken, type IssueTokenOptions, type TokenHolder } from "./auth/tokens.ts";
import type { Bus } from "./bus/bus.ts";
import { inProcessBus } from "./bus/in-process-bus.ts";
import type { Cancel } from "./engine/clock.ts";
import { Engine } from "./engine/engine.ts";
import type { SharedRates } from "./engine/rates.ts";
import { Doorman } from "./gateway/doorman.ts";
import { attachGateway } from "./gateway/gateway.ts";
import { type Health, healthRoutes } from "./gateway/health.ts";
import { newId } from "./gateway/ids.ts";
import { systemClock, toSystemTime } from "./gateway/system-clock.ts";
import { createHttpSide } from "./http-side.ts";
import { type Log, silentLog } from "./log.ts";
import { readOptions, type ServerOptions, type Settings } from "./options.ts";
import { openLibsqlStore } from "./store/libsql/libsql-store.ts";
import { openPostgresStore } from "./store/open-postgres-store.ts";
import type { Refusal, Store } from "./store/store.ts";
import { VERSION } from "./version.ts";

/** What a token says beside whom it is for. */
export type TokenOptions = Pick<IssueTokenOptions, "expiresInMs" | "tier" | "roles">;

/** A running server. */
export interface TidingsServer {
  /** Where clients connect: `ws://127.0.0.1:8787`. */
  readonly url: string;
  /** Where the page and `/health` are: `http://127.0.0.1:8787`. */
  readonly httpUrl: string;
  readonly port: number;
  /** Links open now. */
  readonly connections: number;
  /** A token for `userId`, signed with this server's secret. @throws {MessagingError} `client/misused` if it has none. */
  issueToken(userId: string, options?: TokenOptions): Promise<string>;
  /**
   * Takes back everything a person said and did, and deletes what no command takes back: their messages say nothing any
   * more, on all devices; their reactions, watermarks and earlier texts are gone; they are in no conversation. What stays
   * is their id, and that they were there. The last owner of a conversation stays in it: make somebody else owner first.
   *
   * @throws {Error} if the store fails; call it again.
   */
  eraseUser(userId: string): Promise<void>;
  /**
   * Stops without losing anything: takes no new links, answers what was submitted, tells every client when to come
   * back, closes. Calling it again waits for the same end.
   */
  close(): Promise<void>;
}

/** How long clients may take to say good-bye when the server closes. */
const FAREWELL_MS = 2_000;

const HOUR_MS = 3_600_000;

/**
 * Starts a server. Without options it is one for development: this machine only, in memory, with a secret of its own.
 *
 * @throws {MessagingError} `client/misused` if an option is wrong, `server/unavailable` if the port is taken or the
 *   database cannot be opened.
 */
export async function createServer(options: ServerOptions = {}): Promise<TidingsServer> {
  const settings = readOptions(options);
  const { log = silentLog } = settings;
  if (settings.secret === undefined && settings.jwks === undefined)
    log.warn({}, "development mode: the secret is made up, tokens end with this run");
  const store = settings.store ?? (await openStore(settings));
  const shared = await openBus(settings);
  const server = assemble(settings, store, shared, secretOf(settings));
  try {
    await server.start();
    return server;
  } catch (error) {
    await server.close();
    throw unavailable(error);
  }
}

/** Whoever says where public keys are wants no other. */
function secretOf({ secret, jwks }: Settings): string | undefined {
  return secret ?? (jwks === undefined ? randomBytes(32).toString("base64url") : undefined);
}

function assemble(
  settings: Settings,
  store: Store,
  { bus, rates }: Shared,
  secret: string | undefined,
): RunningServer {
  const { log = silentLog, policy, lobbies, jwks } = settings;
  const keys = jwks === undefined ? undefined : remoteKeys({ url: jwks, now: systemClock.now });
  const authenticate = onOurClock(createAuthenticator({ ...settings, secret, keys }));
  const { framesPerSecond, frameBurst, ...bounds } = settings.bounds;
  const engine = new Engine({
    ...{ store, bus, newId, policy, lobbies },
    clock: systemClock,
    sharedRates: rates,
    random: Math.random,
    authenticate,
    bounds: { ...bounds, frames: { perSecond: framesPerSecond, burst: frameBurst } },
    onRepaired: (changes) => log.info({ changes }, "repaired"),
    onFailure: (what, error) => log.error({ what, err: error }, "failure"),
  });
  const allowsLocalPages = isThisMachine(settings.host);
  const doorman = new Doorman({ ...settings, ...settings.bounds, allowsLocalPages });
  return new RunningServer({ settings, secret, log, store, bus, engine, doorman, authenticate });
}

interface Parts {
  readonly settings: Settings;
  readonly secret: string | undefined;
  readonly authenticate: (token: string) => Promise<TokenHolder | Refusal>;
  readonly log: Log;
  readonly store: Store;
  readonly bus: Bus;
  readonly engine: Engine;
  readonly doorman: Doorman;
}

class RunningServer implements TidingsServer {
  readonly #parts: Parts;
  readonly #http: FastifyInstance;
  readonly #startedAt = systemClock.now();
  #cancelHousekeeping: Cancel | undefined;
  #closing: Promise<void> | undefined;
  port = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { settings, engine, doorman } = parts;
    const issueToken: TidingsServer["issueToken"] = (...given) => this.issueToken(...given);
    this.#http = createHttpSide({ ...parts, issueToken, modules: [healthRoutes(() => this.#health())] });
    attachGateway(this.#http.server, { engine, doorman, frameBytes: settings.policy.limits.frameBytes });
  }

  async start(): Promise<void> {
    const { settings, engine, log } = this.#parts;
    await engine.open();
    await this.#http.listen({ port: settings.port, host: settings.host });
    const address = this.#http.server.address();
    if (typeof address === "object" && address) this.port = address.port;
    this.#cancelHousekeeping = systemClock.every(HOUR_MS, () => void this.#keepHouse());
    log.info({ url: this.url }, "listening");
  }

  get url(): string {
    const { path } = this.#parts.settings;
    return `ws://${this.#authority}${path === "/" ? "" : path}`;
  }

  get httpUrl(): string {
    return `http://${this.#authority}`;
  }

  get #authority(): string {
    const { host } = this.#parts.settings;
    return `${host.includes(":") ? `[${host}]` : host}:${this.port}`;
  }

  get connections(): number {
    return this.#parts.doorman.count;
  }

  async issueToken(userId: string, options: TokenOptions = {}): Promise<string> {
    const { secret, settings } = this.#parts;
    const { issuer, audience } = settings;
    if (secret === undefined) {
      const message = "unable to issue the token; its tokens are signed elsewhere, by the keys of jwks";
      throw new MessagingError("client/misused", { message });
    }
    return issueToken({ secret, issuer, audience, userId, ...options });
  }

  eraseUser(userId: string): Promise<void> {
    return this.#parts.engine.erase(userId);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const { engine, doorman, store, bus, log } = this.#parts;
    doorman.isClosed = true;
    this.#cancelHousekeeping?.();
    await engine.drain(spreadMs(doorman.count));
    await engine.empty(FAREWELL_MS);
    await this.#http.close();
    await bus.close();
    await store.close();
    log.info({}, "closed");
  }

  async #keepHouse(): Promise<void> {
    const { store, settings, log } = this.#parts;
    const now = systemClock.now();
    const rememberedSince = now - settings.bounds.answerRetentionMs;
    try {
      while ((await store.forgetAnswers(rememberedSince)) > 0) await setImmediate();
      if (!settings.retention || !store.upkeep) return;
      const { maxAgeMs = Infinity, maxMessages: newest = Infinity } = settings.retention;
      // Before time began: never.
      const retention = { before: Math.max(0, now - maxAgeMs), newest, rememberedSince };
      let next: string | undefined;
      do {
        ({ next } = await store.upkeep.prune(retention, next));
        await setImmediate();
      } while (next !== undefined && !this.#closing);
    } catch (error) {
      log.error({ what: "housekeeping", err: error }, "failure");
    }
  }

  #health(): Health {
    const { doorman } = this.#parts;
    return {
      status: doorman.isClosed ? "draining" : "ok",
      version: VERSION,
      uptimeMs: systemClock.now() - this.#startedAt,
      connections: doorman.count,
    };
  }
}

/** Tokens end by the machine's clock, which may be set while a link lives. */
function onOurClock(authenticate: Parts["authenticate"]): Parts["authenticate"] {
  return async (token) => {
    const identity = await authenticate(token);
    if ("ok" in identity || identity.expiresAt === undefined) return identity;
    return { ...identity, expiresAt: toSystemTime(identity.expiresAt) };
  };
}

function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

/** Clients come back spread over this long: a moment for a few, half a minute for ten thousand. */
function spreadMs(connections: number): number {
  return Math.min(30_000, 200 + 3 * connections);
}

async function openStore({ dataFile, database, databaseReplica, log = silentLog }: Settings): Promise<Store> {
  const onDefect = (error: unknown): void => log.error({ what: "apply", err: error }, "defect");
  try {
    if (database === undefined)
      return openLibsqlStore({ onDefect, ...(dataFile !== undefined && { file: dataFile }) });
    const onFailure = (error: unknown): void => log.warn({ what: "database", err: error }, "connection lost");
    return await openPostgresStore({
      ...{ url: database, onDefect, onFailure },
      ...(databaseReplica !== undefined && { replicaUrl: databaseReplica }),
    });
  } catch (error) {
    throw unavailable(error);
  }
}

/** Loaded by those who use it, like the driver of the database. */
async function openBus({ bus, redis, policy, log = silentLog }: Settings): Promise<Shared> {
  if (bus || redis === undefined) return { bus: bus ?? inProcessBus() };
  const { openRedis } = await import("./bus/redis/redis-bus.ts");
  return openRedis({
    ...{ url: redis, clock: systemClock, rates: policy.rates },
    onFailure: (error) => log.warn({ what: "bus", err: error }, "failure"),
  });
}

/** What several nodes share; one alone shares nothing. */
interface Shared {
  readonly bus: Bus;
  readonly rates?: SharedRates;
}

function unavailable(error: unknown): MessagingError {
  const reason = error instanceof Error ? error.message : String(error);
  return new MessagingError("server/unavailable", { message: `unable to start; ${reason}`, cause: error });
}
