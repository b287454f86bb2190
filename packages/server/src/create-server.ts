import { randomBytes } from "node:crypto";
import { MessagingError } from "@tidings/core/errors";
import type { FastifyInstance } from "fastify";
import { remoteKeys } from "./auth/remote-keys.ts";
import { notErased } from "./auth/not-erased.ts";
import { onOurClock } from "./auth/on-our-clock.ts";
import { createAuthenticator, issueToken, type TokenHolder } from "./auth/tokens.ts";
import type { Bus } from "./bus/bus.ts";
import type { Cancel } from "./engine/clock.ts";
import { Engine } from "./engine/engine.ts";
import type { Vitals } from "./engine/vitals.ts";
import type { ShareRates } from "./engine/rates.ts";
import { Doorman } from "./gateway/doorman.ts";
import { attachGateway } from "./gateway/gateway.ts";
import { healthRoutes } from "./gateway/health.ts";
import type { RouteModule } from "./gateway/http.ts";
import { HttpLinks } from "./gateway/http-links.ts";
import { newId } from "./gateway/ids.ts";
import { authority, isThisMachine, listen } from "./gateway/listen.ts";
import { linkRoutes } from "./gateway/link-routes.ts";
import { createMetricsHttp, metricsRoutes } from "./gateway/metrics.ts";
import { systemClock } from "./gateway/system-clock.ts";
import { createHttpSide } from "./http-side.ts";
import { keepHouse } from "./housekeeping.ts";
import { Jobs } from "./jobs.ts";
import { type EventLog, silentLog } from "./log.ts";
import type { Health } from "./observe/health.ts";
import { silentMeter } from "./observe/meter.ts";
import { meteredStore } from "./observe/metered-store.ts";
import { Observation } from "./observe/observation.ts";
import type { PromMeter } from "./observe/prom-meter.ts";
import { VitalSigns } from "./observe/vital-signs.ts";
import { type Desks, openDesks } from "./open-desks.ts";
import { failures, openBus, openMetrics, openStore, traced, unavailable } from "./open-parts.ts";
import { readOptions, type ServerOptions, type Settings } from "./options.ts";
import { openPush, type PushService } from "./push/open-push.ts";
import type { AuditPage, AuditQuery } from "./store/audit.ts";
import type { Kept } from "./store/kept.ts";
import type { Refusal, Store } from "./store/store.ts";
import { SYSTEM } from "./system-actor.ts";
import type { TidingsServer, TokenOptions } from "./tidings-server.ts";

/** How long clients may take to say good-bye when the server closes. */
const FAREWELL_MS = 2_000;

/**
 * Starts a server. Without options it is one for development: this machine only, in memory, with a secret of its own.
 *
 * @throws {MessagingError} `client/misused` if an option is wrong, `server/unavailable` if the port is taken or the
 *   database cannot be opened.
 */
export async function createServer(options: ServerOptions = {}): Promise<TidingsServer> {
  const given = readOptions(options);
  const log: EventLog = given.log ?? silentLog;
  if (given.secret === undefined && given.jwks === undefined)
    log.warn({ note: "the secret is made up, tokens end with this run" }, "development mode");
  const prom = await openMetrics(given);
  const meter = new VitalSigns(prom ?? silentMeter, systemClock.now);
  const store = meteredStore(given.store ?? (await openStore(given, meter)), meter);
  const shared = await openBus(given, meter);
  const ports = await traced(given, store, shared.bus);
  const around = { store: ports.store, clock: systemClock, meter };
  const { desks, settings } = await openDesks({ ...around, settings: given, baseUrl: () => server.httpUrl });
  const push = await openPush({
    ...{ ...around, settings: settings.push, random: Math.random },
    onFailure: (error) => failures(log, meter)("push", error),
  });
  const server = assemble({ settings, ...ports, push, desks, share: shared.share, meter, prom });
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

interface Opened {
  readonly settings: Settings;
  readonly store: Store;
  readonly bus: Bus;
  readonly push: PushService | undefined;
  readonly desks: Desks;
  readonly share: ShareRates | undefined;
  readonly meter: VitalSigns;
  readonly prom: PromMeter | undefined;
}

function assemble({ settings, store, bus, push, desks, share, meter, prom }: Opened): RunningServer {
  const { policy, lobbies, jwks, moderators, conversationIds } = settings;
  const log: EventLog = settings.log ?? silentLog;
  const secret = secretOf(settings);
  const keys = jwks === undefined ? undefined : remoteKeys({ url: jwks, now: systemClock.now });
  const checked = onOurClock(createAuthenticator({ ...settings, secret, keys }));
  const authenticate = notErased(checked, store.erasures, failures(log, meter));
  const { framesPerSecond, frameBurst, ...bounds } = settings.bounds;
  const jobs = new Jobs({
    plans: store.plans,
    clock: systemClock,
    carryOut: (note) => engine.carryOut(note),
    onFailure: (error) => failures(log, meter)("jobs", error),
  });
  const engine = new Engine({
    ...{ store, bus: push?.over(bus) ?? bus, newId, policy, lobbies, moderators, conversationIds },
    ...{ files: desks.files?.desk, previews: desks.previews?.desk, remind: push?.remind },
    clock: systemClock,
    sharedRates: share?.("rate", policy.rates),
    random: Math.random,
    authenticate,
    bounds: { ...bounds, frames: { perSecond: framesPerSecond, burst: frameBurst } },
    meter,
    onRepaired: (changes) => {
      meter.add("repair", undefined, changes);
      log.info({ changes }, "repaired");
    },
    onChanges: (changes) => jobs.heard(changes),
    onFailure: failures(log, meter),
    log,
  });
  const allowsLocalPages = isThisMachine(settings.host);
  const doorman = new Doorman({ ...settings, ...settings.bounds, allowsLocalPages });
  const { connections } = settings.bounds;
  const vitals = (): Vitals => engine.vitals();
  const watched = { store, bus, doorman, connections, vitals };
  const observation = new Observation({ ...watched, clock: systemClock, signs: meter, prom });
  const parts = {
    settings,
    secret,
    log,
    store,
    bus,
    push,
    desks,
    share,
    engine,
    jobs,
    doorman,
    authenticate,
    observation,
  };
  return new RunningServer(parts);
}

interface Parts {
  readonly settings: Settings;
  readonly secret: string | undefined;
  readonly authenticate: (token: string) => Promise<TokenHolder | Refusal>;
  readonly log: EventLog;
  readonly store: Store;
  readonly bus: Bus;
  readonly push: PushService | undefined;
  readonly desks: Desks;
  readonly share: ShareRates | undefined;
  readonly engine: Engine;
  readonly jobs: Jobs;
  readonly doorman: Doorman;
  readonly observation: Observation;
}

class RunningServer implements TidingsServer {
  readonly #parts: Parts;
  readonly #http: FastifyInstance;
  /** Of its own, if metrics are not to be where everybody is. */
  readonly #metricsHttp: FastifyInstance | undefined;
  #cancelHousekeeping: Cancel | undefined;
  #closing: Promise<void> | undefined;
  port = 0;
  metricsUrl: string | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { settings, engine, doorman, observation, log } = parts;
    const { meter, page } = observation;
    const issueToken: TidingsServer["issueToken"] = (...given) => this.issueToken(...given);
    const { frameBytes } = settings.policy.limits;
    const { unpolledMs } = settings.bounds;
    const links = new HttpLinks({ engine, doorman, clock: systemClock, frameBytes, unpolledMs, meter, log });
    const modules = [
      ...this.#modules(hasMetricsInside(settings)),
      ...parts.desks.routes,
      ...(settings.httpLinks ? [linkRoutes(links, settings.path, frameBytes)] : []),
    ];
    this.#http = createHttpSide({ ...parts, files: parts.desks.files, issueToken, modules, meter });
    if (page && !hasMetricsInside(settings)) this.#metricsHttp = createMetricsHttp(this.#modules(true), log);
    attachGateway(this.#http.server, { engine, doorman, frameBytes, meter, log });
  }

  /** Routes about the server itself. */
  #modules(hasMetrics: boolean): readonly RouteModule[] {
    const { page } = this.#parts.observation;
    return [healthRoutes(() => this.health()), ...(page && hasMetrics ? [metricsRoutes(page)] : [])];
  }

  async start(): Promise<void> {
    const { settings, engine, jobs, store, desks, log, observation } = this.#parts;
    await engine.open();
    const { host, metricsHost, metricsPort, retention, bounds } = settings;
    this.port = await listen(this.#http, settings.port, host);
    if (this.#metricsHttp && metricsPort !== undefined) {
      const port = await listen(this.#metricsHttp, metricsPort, metricsHost);
      this.metricsUrl = `http://${authority(metricsHost, port)}/metrics`;
    } else if (metricsPort !== undefined) this.metricsUrl = `${this.httpUrl}/metrics`;
    this.#cancelHousekeeping = keepHouse({
      ...{ store, newId, clock: systemClock, retention, ...bounds },
      desks: [desks.files?.desk, desks.previews?.desk],
      perform: (...given) => engine.perform(...given),
      onFailure: (error) => failures(log, observation.meter)("housekeeping", error),
    });
    await jobs.start();
    const { url, metricsUrl } = this;
    log.info({ url, ...(metricsUrl !== undefined && { metricsUrl }) }, "listening");
  }

  get url(): string {
    const { path } = this.#parts.settings;
    return `ws://${this.#authority}${path === "/" ? "" : path}`;
  }

  get httpUrl(): string {
    return `http://${this.#authority}`;
  }

  get #authority(): string {
    return authority(this.#parts.settings.host, this.port);
  }

  get connections(): number {
    return this.#parts.doorman.count;
  }

  health(): Promise<Health> {
    return this.#parts.observation.health();
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

  async eraseUser(userId: string, by: string = SYSTEM): Promise<void> {
    await this.#parts.engine.erase({ userId }, by);
  }

  exportUser(userId: string, by: string = SYSTEM): AsyncIterable<Kept> {
    return this.#parts.engine.exportUser(userId, by);
  }

  async auditLog(query: AuditQuery): Promise<AuditPage> {
    const { audit } = this.#parts.store;
    if (!audit) throw new Error("unable to read the audit log; the store keeps none");
    return audit.page(query);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const { engine, doorman, jobs, store, bus, push, desks, log, observation } = this.#parts;
    doorman.isClosed = true;
    this.#cancelHousekeeping?.();
    await jobs.stop();
    await push?.flush(); // while it is known who looks
    await engine.drain(spreadMs(doorman.count));
    await engine.empty(FAREWELL_MS);
    await Promise.all([this.#http.close(), this.#metricsHttp?.close()]);
    await push?.close(FAREWELL_MS);
    await engine.settled(); // that devices were told of a reminder
    await desks.close();
    observation.stop();
    await bus.close();
    await store.close();
    log.info({}, "closed");
  }
}

function hasMetricsInside({ port, metricsPort }: Settings): boolean {
  return metricsPort === port && port !== 0;
}

/** Clients come back spread over this long: a moment for a few, half a minute for ten thousand. */
function spreadMs(connections: number): number {
  return Math.min(30_000, 200 + 3 * connections);
}
