import { systemClock } from "../base/clock.ts";
import { createIds } from "../base/ids.ts";
import { createScope } from "../base/observable.ts";
import { systemRandom } from "../base/random.ts";
import { composePipeline } from "../compose/pipeline.ts";
import { defaultSteps } from "../compose/steps.ts";
import { browserPlatform } from "../connection/platform.ts";
import { createConnection } from "../connection/supervisor.ts";
import { MessagingError, toMessagingError } from "../errors/messaging-error.ts";
import { memoryStorage } from "../memory/storage.ts";
import { createJournal } from "../outbox/journal.ts";
import { createOutbox, type Outbox } from "../outbox/outbox.ts";
import { silentLogger } from "../ports/logger.ts";
import type { Link } from "../ports/transport.ts";
import { createPresence } from "../presence/presence.ts";
import { createRateLimiter } from "../rate-limit/rate-limiter.ts";
import { createDirectory } from "../sync/directory.ts";
import { createLoader } from "../sync/loader.ts";
import { createReceiptSender } from "../sync/receipts.ts";
import { createSync, type Sync } from "../sync/sync.ts";
import { createReplica } from "../timeline/replica.ts";
import { createConversation } from "./conversation.ts";
import { type Core, createCore } from "./core.ts";
import { createEvents } from "./create-events.ts";
import { createInbox } from "./inbox.ts";
import { showProgress } from "./progress.ts";
import { sentOf } from "./sent.ts";
import { createSession } from "./session.ts";
import type { Client, ClientOptions, Conversation } from "./types.ts";
import { untilOnline } from "./until-online.ts";

const MOST_ENTRIES = 10_000;
const MOST_MESSAGES = 100_000;
/** Submits of one conversation on their way at once, where the link keeps their order. */
const PIPELINE = 64;

/**
 * Puts a client together. It works at once, link or no link: what is sent waits in the outbox until `connect()` has
 * found the backend.
 *
 * @example
 * ```ts
 * import { createClient } from "@tidings/core";
 * import { memoryTransport } from "@tidings/core/memory";
 *
 * const client = createClient({ transport: memoryTransport() });
 * await client.connect();
 * ```
 */
export function createClient(options: ClientOptions): Client {
  const { transport, auth, clock = systemClock, random = systemRandom, logger = silentLogger } = options;
  const storage = options.storage ?? memoryStorage();
  const { onListenerError, events } = createEvents();
  const scope = createScope(onListenerError);
  const nextId = createIds(clock, random);
  const clientId = nextId();
  const session = createSession(clock, scope, options.userId);
  const userId = session.userId.get;
  const limits = (): ReturnType<Core["limits"]> => session.policy.get().limits;
  let isClosed = false;

  const report = (error: MessagingError): void => {
    logger("warn", "client.error", { code: error.code, message: error.message });
    events.emit("error", error);
  };

  const self = (): string => userId() ?? "";
  const maxMessages = options.maxMessages ?? MOST_MESSAGES;
  const directory = createDirectory({
    scope,
    userId: self,
    create: (conversationId) =>
      createReplica({ conversationId, userId: self, scope, limits, now: session.serverNow, maxMessages }),
  });
  const limiter = createRateLimiter({
    clock,
    scope,
    messagesPerMinute: (id) => directory.get(id).conversation.get()?.settings.messagesPerMinute,
  });
  const presence = createPresence({ clock, scope, userId });
  const receipts = createReceiptSender({ clock, nextId, onAck: (ack) => inbox.acked(ack) });
  const inbox = createInbox({
    ...{ scope, events, session, directory, presence, limiter, receipts },
    outbox: () => outbox,
    sync: () => sync,
  });
  const journal = createJournal(storage, logger);
  const outbox: Outbox = createOutbox({
    ...{ clock, random, scope, journal, limiter, nextId },
    maxEntries: options.maxOutboxEntries ?? MOST_ENTRIES,
    window: () => (transport.supports.pipelining ? Math.min(PIPELINE, limits().inFlight) : 1),
    onEntry(entry) {
      showProgress(directory.get(entry.command.conversationId), entry);
      const { command, status, attempts, error } = entry;
      events.emit("outbox", { command, status, attempts, error });
    },
    onAck: inbox.acked,
    onStuck: () => connection.link()?.close(),
  });
  const connection = createConnection({
    auth: typeof auth === "string" ? () => auth : auth,
    ...{ transport, clock, random, clientId, scope, logger },
    platform: options.platform ?? browserPlatform(),
    backoff: options.backoff,
    onEvents(received) {
      inbox.receive(received);
      // Not before: submits and resume go by what the welcome says.
      if (received.some((event) => event.type === "welcome")) use(connection.link());
    },
    onLink(link, error) {
      if (!link) use(undefined);
      if (error?.retryable === false) report(error);
    },
  });
  const use = (link: Link | undefined): void =>
    scope.batch(() => {
      for (const part of [outbox, receipts, presence, sync]) part.use(link);
    });
  const loader = createLoader({ link: connection.link, pageSize: () => limits().pageSize });
  const sync: Sync = createSync({
    ...{ clock, random, directory, loader },
    pageSize: () => limits().pageSize,
    onError: report,
  });
  const core = createCore({
    ...{ scope, clock, directory, loader, outbox, limiter, receipts, presence, nextId, userId, limits },
    pipeline: composePipeline(options.compose ?? defaultSteps()),
    isClosed: () => isClosed,
  });

  const recovered = storage
    .open()
    .then(journal.recover)
    .then(outbox.restore)
    .catch((error: unknown) => report(toMessagingError(error, "storage/failed")));

  const conversations = new Map<string, Conversation>();
  const conversation = (id: string): Conversation => {
    let handle = conversations.get(id);
    if (!handle) conversations.set(id, (handle = createConversation(core, id)));
    return handle;
  };

  return {
    userId: session.userId,
    connection: connection.state,
    conversations: directory.list,
    outbox: {
      get: outbox.view.get,
      subscribe: outbox.view.subscribe,
      cancel: outbox.cancel,
      retry(commandId) {
        const entry = outbox.retry(commandId);
        if (entry) return sentOf(entry);
        const message = `unable to retry; no failed command has the id ${commandId}`;
        throw new MessagingError("outbox/not-found", { message });
      },
    },
    presence: presence.users,
    conversation,
    async createConversation({ conversationId = nextId(), ...intent }) {
      await core.give(conversationId, { type: "conversation.create", ...intent });
      return conversation(conversationId);
    },
    connect() {
      const connected = recovered.then(() => {
        connection.connect();
        return untilOnline(connection.state);
      });
      connected.catch(() => {}); // whoever does not await it reads `connection` instead
      return connected;
    },
    disconnect: connection.disconnect,
    on: events.on,
    async close() {
      if (isClosed) return;
      isClosed = true;
      for (const part of [connection, outbox, receipts, presence, limiter]) part.close();
      await recovered;
      await storage.close();
    },
  };
}
