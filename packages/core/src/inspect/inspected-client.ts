import { systemClock } from "../base/clock.ts";
import { systemRandom } from "../base/random.ts";
import { internalsOf } from "../client/internals.ts";
import type { Client, ClientOptions, Sent } from "../client/types.ts";
import type { CustomSchemas, JsonCustom } from "../compose/custom.ts";
import type { ConnectionState } from "../connection/machine.ts";
import { browserPlatform } from "../connection/platform.ts";
import {
  createObservedClient,
  type ObservedClient,
  type ObserveOptions,
} from "../observe/observed-client.ts";
import { consoleLogger } from "../ports/logger.ts";
import type { StorageKey } from "../ports/storage.ts";
import type { Command } from "../protocol/commands.ts";
import type { Faults } from "./faults.ts";
import { recordClient } from "./recorded-client.ts";
import { recordedStorage } from "./recorded-storage.ts";
import { recordedAuth, recordedClock, recordedPlatform, recordedRandom } from "./recorded-surroundings.ts";
import { recordedTabs, recordedTransport } from "./recorded-transport.ts";
import { createRecorder, type Recorder, type RecorderOptions, type Tape } from "./recorder.ts";
import { stateOf } from "./state.ts";

/** How a client is inspected. */
export interface InspectOptions {
  readonly record?: RecorderOptions;
  readonly observe?: ObserveOptions;
  /** Things to go wrong at the push of a button. For development only. */
  readonly faults?: Faults;
}

/** An observed client whose doings are on tape. */
export type InspectedClient<Schemas extends CustomSchemas = JsonCustom> = ObservedClient<Schemas> & {
  readonly recorder: Recorder;
  readonly faults: Faults | undefined;
};

/**
 * A client with a flight recorder, for the panel and for support: the client `createObservedClient` makes, with everything
 * that goes in and out of it on tape.
 *
 * @throws {MessagingError} `client/misused` without a transport
 *
 * @example
 * ```ts
 * import { createInspectedClient } from "@tidings/core/inspect";
 * import { memoryTransport } from "@tidings/core/memory";
 *
 * const client = createInspectedClient({ transport: memoryTransport() });
 * const file = new Blob([client.recorder.export()]); // nothing that people wrote is in it
 * ```
 */
export function createInspectedClient<Schemas extends CustomSchemas = JsonCustom>(
  options: ClientOptions<Schemas>,
  inspect?: InspectOptions,
): InspectedClient<Schemas>;
export function createInspectedClient(
  options: ClientOptions,
  { record, observe, faults }: InspectOptions = {},
): InspectedClient {
  const real = faults ? faults.wrap(options) : options;
  const { clock = systemClock, logger = consoleLogger() } = real;
  const { recorder, tape } = createRecorder(
    clock,
    () => headerOf(real),
    () => stateOf(client),
    record,
  );
  const restored = new Set<string>();
  const watched = recordedPlatform(real.platform ?? browserPlatform(), tape);
  const client: ObservedClient = createObservedClient(
    {
      ...recordedPorts(real, tape, restored),
      platform: watched.platform,
      logger(level, event, fields) {
        if (event.startsWith(CONNECTION)) noteConnection(client.connection.get(), event, tape);
        logger(level, event, fields);
      },
    },
    { clock, ...observe },
  );
  recordClient(client, {
    ...{ tape, look: watched.look },
    isRestored: (commandId) => restored.has(commandId),
  });
  if (faults) recordFaults(faults, tape);
  return Object.assign(client, { recorder, faults });
}

/**
 * Gives a client a command as it was recorded: with its id, and past all a draft goes through. For those who replay.
 *
 * @throws {MessagingError} what the backend would refuse anyway; `outbox/full`, `storage/…`
 */
export function giveCommand<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  command: Command,
  expiresInMs?: number,
): Promise<Sent> {
  const { commandId: id, conversationId, at: _, ...intent } = command;
  return internalsOf(client).core.give(conversationId, intent, { id, expiresInMs });
}

function headerOf({
  transport,
  storage,
  auth,
  tabs,
  ...rest
}: ClientOptions): ReturnType<Parameters<typeof createRecorder>[1]> {
  const { userId, backoff, maxMessages, maxOutboxEntries } = rest;
  const { pipelining, signals, receipts, search } = transport.supports;
  return {
    ...{
      supports: { pipelining, signals, receipts, ...(search !== undefined && { search }) },
      userId,
      durability: storage?.supports.durability,
    },
    ...{ hasAuth: auth !== undefined, hasTabs: tabs !== undefined, backoff, maxMessages, maxOutboxEntries },
  };
}

/** @param restored - filled with the commands that are found on storage. */
function recordedPorts(options: ClientOptions, tape: Tape, restored: Set<string>): ClientOptions {
  const { clock = systemClock, random = systemRandom, transport, storage, auth, tabs } = options;
  const onFound = ([area, , id]: StorageKey): void => {
    if (area === "outbox" && id !== undefined) restored.add(id);
  };
  return {
    ...options,
    ...{ clock: recordedClock(clock, tape), random: recordedRandom(random, tape) },
    ...(transport && { transport: tabs ? transport : recordedTransport(transport, tape) }),
    ...(storage && { storage: recordedStorage(storage, tape, onFound) }),
    ...(auth !== undefined && { auth: recordedAuth(auth, tape) }),
    ...(tabs && { tabs: recordedTabs(tabs, tape) }),
  };
}

const CONNECTION = "connection.";

/** By the log, as an observable tells nothing of what was passed through at once. */
function noteConnection(
  { name, attempt, retryAtMs, error }: ConnectionState,
  event: string,
  tape: Tape,
): void {
  if (event === CONNECTION + name)
    tape.note({ type: "connection", name, attempt, retryAtMs, code: error?.code });
}

function recordFaults({ settings, onCut }: Faults, tape: Tape): void {
  const note = (isCut: boolean): void => tape.note({ type: "fault", faults: settings.get(), isCut });
  settings.subscribe(() => note(false));
  onCut(() => note(true));
}
