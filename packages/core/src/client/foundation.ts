import { type Clock, systemClock } from "../base/clock.ts";
import type { Emitter } from "../base/emitter.ts";
import { guarded } from "../base/guarded.ts";
import { createIds } from "../base/ids.ts";
import { createScope, type Scope } from "../base/observable.ts";
import { type Random, systemRandom } from "../base/random.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { memoryStorage } from "../memory/storage.ts";
import { consoleLogger, type Logger } from "../ports/logger.ts";
import type { Storage } from "../ports/storage.ts";
import { readCustom, type Reading } from "../compose/custom.ts";
import type { Limits } from "../protocol/policy.ts";
import { createEvents } from "./create-events.ts";
import type { ClientEvents } from "./events.ts";
import { createSession, type Session } from "./session.ts";
import type { ClientOptions } from "./types.ts";

/** What every part of one client stands on. */
export interface Foundation {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly storage: Storage;
  readonly events: Emitter<ClientEvents>;
  readonly scope: Scope;
  readonly session: Session;
  readonly nextId: () => string;
  /** This instance, over all its links. */
  readonly clientId: string;
  readonly userId: () => string | undefined;
  readonly limits: () => Limits;
  readonly reading: Reading;
  /** For what no promise reports. */
  readonly report: (error: MessagingError) => void;
}

export function createFoundation(options: ClientOptions): Foundation {
  const {
    clock = systemClock,
    random = systemRandom,
    logger: log = consoleLogger(),
    transport,
  } = options ?? {};
  if (typeof transport?.open !== "function") {
    const message = "unable to make a client; it has no `transport`, such as memoryTransport()";
    throw new MessagingError("client/misused", { message });
  }
  const { onListenerError, events } = createEvents();
  const logger: Logger = (...line) => guarded(() => log(...line), ignore);
  const scope = createScope(onListenerError);
  const session = createSession(clock, scope, options.userId);
  const nextId = createIds(clock, random);
  const report = (error: MessagingError): void => {
    logger("warn", "client.error", { code: error.code, message: error.message, help: error.help });
    events.emit("error", error);
  };
  return {
    ...{ clock, random, logger, events, scope, session, report, nextId, clientId: nextId() },
    storage: options.storage ?? memoryStorage(),
    userId: session.userId.get,
    limits: () => session.policy.get().limits,
    reading: readCustom(options.schema, report),
  };
}

/** A logger that fails has nobody left to tell. */
const ignore = (): void => {};
