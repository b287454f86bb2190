import type { FastifyInstance } from "fastify";
import { apiRoutes } from "./api/api.ts";
import { docsRoutes } from "./api/docs.ts";
import type { ApiEngine } from "./api/door.ts";
import { RequestRate } from "./api/request-rate.ts";
import { createKeyRing } from "./auth/service-keys.ts";
import type { TokenHolder } from "./auth/tokens.ts";
import type { ShareRates } from "./engine/rates.ts";
import type { OpenedFiles } from "./files/open-files.ts";
import type { Doorman } from "./gateway/doorman.ts";
import { createHttp, type RouteModule } from "./gateway/http.ts";
import { newId } from "./gateway/ids.ts";
import { folderRoutes } from "./gateway/serve-folder.ts";
import { systemClock } from "./gateway/system-clock.ts";
import { type EventLog, silentLog } from "./log.ts";
import type { Meter } from "./observe/meter.ts";
import { failures } from "./open-parts.ts";
import type { PushService } from "./push/open-push.ts";
import type { Settings } from "./options.ts";
import type { Refusal, Store } from "./store/store.ts";
import { VERSION } from "./version.ts";

export interface HttpSideOptions {
  readonly settings: Settings;
  readonly engine: ApiEngine;
  readonly store: Store;
  readonly doorman: Doorman;
  /** Absent: this node is the only one. */
  readonly share: ShareRates | undefined;
  readonly authenticate: (token: string) => Promise<TokenHolder | Refusal>;
  readonly issueToken: (userId: string, options: { readonly expiresInMs?: number }) => Promise<string>;
  readonly meter: Meter;
  /** Undefined: there are none. */
  readonly files?: Pick<OpenedFiles, "routes" | "bytes"> | undefined;
  /** Absent: this server pushes to nobody. */
  readonly push: PushService | undefined;
  /** Routes about the server itself. */
  readonly modules: readonly RouteModule[];
}

/** Everything the server says over HTTP. */
export function createHttpSide(options: HttpSideOptions): FastifyInstance {
  const { settings, doorman, modules, meter } = options;
  const { serve, bounds, policy } = settings;
  const log: EventLog = settings.log ?? silentLog;
  const rate = new RequestRate({
    ...{ perSecond: bounds.requestsPerSecondPerAddress, now: systemClock.now },
    ...{ share: options.share, of: "address" },
  });
  return createHttp({
    modules: [
      ...modules,
      ...(settings.api ? [api(options, log), docsRoutes(VERSION)] : []),
      ...(serve ? [folderRoutes(serve.dir)] : []),
    ],
    isWelcome: (request) => doorman.isWelcome(request),
    waitMs: (request) => rate.take(doorman.addressOf(request)),
    bodyBytes: policy.limits.frameBytes,
    newId,
    meter,
    log,
    ...(options.files?.routes.length && { requestTimeoutMs: PART_TIMEOUT_MS }),
    onFailure: (error) => failures(log, meter)("http", error),
  });
}

/** Five MiB take so long where 350 kbit/s go up. */
const PART_TIMEOUT_MS = 120_000;

function api(options: HttpSideOptions, log: EventLog): RouteModule {
  const { settings, engine, store, share, authenticate, issueToken, meter, push } = options;
  const { serviceKeys, issueTokens, bounds } = settings;
  return apiRoutes({
    ...{ engine, share, authenticate, newId, log, push },
    audit: store.audit,
    figures: store.figures,
    cases: store.cases,
    archive: store.archive,
    bytes: options.files?.bytes,
    onFailure: (error) => failures(log, meter)("http", error),
    now: systemClock.now,
    findKey: createKeyRing(serviceKeys),
    requestsPerSecond: bounds.requestsPerSecond,
    issueToken: issueTokens
      ? (userId, expiresInMs) => issueToken(userId, expiresInMs === undefined ? {} : { expiresInMs })
      : undefined,
  });
}
