import type { Cell } from "../base/observable.ts";
import { conform, misfitOf } from "../compose/custom.ts";
import { composePipeline } from "../compose/pipeline.ts";
import { defaultSteps } from "../compose/steps.ts";
import { browserPlatform } from "../connection/platform.ts";
import { type Connection, createConnection } from "../connection/supervisor.ts";
import { createOutbox } from "../outbox/outbox.ts";
import type { Outbox } from "../outbox/types.ts";
import type { Link } from "../ports/transport.ts";
import { createPresence, type Presence } from "../presence/presence.ts";
import { createRateLimiter, type RateLimiter } from "../rate-limit/rate-limiter.ts";
import { createDirectory, type Directory } from "../sync/directory.ts";
import { createLoader } from "../sync/loader.ts";
import { createReceiptSender } from "../sync/receipts.ts";
import { createSync, MOST_UNOPENED, type Sync } from "../sync/sync.ts";
import { createReplica, type Replica } from "../timeline/replica.ts";
import { type Core, createCore } from "./core.ts";
import { createFoundation, type Foundation } from "./foundation.ts";
import { createInbox, type Inbox } from "./inbox.ts";
import { createKeeper, type Keeper } from "./keeper.ts";
import { showProgress } from "./progress.ts";
import type { ClientOptions } from "./types.ts";

/** The parts of one client, connected. */
export interface Assembly extends Foundation {
  readonly core: Core;
  readonly connection: Connection;
  readonly keeper: Keeper;
  /** Ends everything that runs. Answers false if that was done before. */
  close(): boolean;
}

const MOST_ENTRIES = 10_000;
const MOST_MESSAGES = 100_000;
const MOST_REPLICAS = 1_000;
/** Submits of one conversation on their way at once, where the link keeps their order. */
const PIPELINE = 64;

export function assemble(given: ClientOptions): Assembly {
  const base = createFoundation(given);
  const { clock, random, scope, nextId, clientId, limits, report } = base;
  const { transport } = given;
  const tabs = given.tabs?.join({
    ...{ clientId, transport, clock, onOrphans: () => keeper.takeOver() },
    ...{ onReturn: () => keeper.comeBack(), idle: () => keeper.idle() },
  });
  const options = { ...given, ...tabs };
  const keeper: Keeper = createKeeper({
    ...{ ...base, ...tabs, directory: () => directory, outbox: () => outbox, sync: () => sync },
    isKept: options.storage !== undefined,
    onMark: (conversationId, seq) => core.markRead(directory.get(conversationId), seq),
  });
  const copies = createCopies(options, base, keeper);
  const { directory, presence, limiter } = copies;
  const receipts = createReceiptSender({
    ...{ clock, nextId, onAck: (ack) => inbox.acked(ack) },
    onDone: (conversationId) => core.unmark(conversationId),
  });
  const inbox: Inbox = createInbox({
    ...{ ...base, ...copies, receipts, outbox: () => outbox, sync: () => sync },
    onUser: keeper.changeUser,
  });
  const pageSize = (): number => limits().pageSize;
  const outbox: Outbox = createSending(options, base, {
    ...{ ...copies, journal: keeper.journal, inbox, link: () => connection.link() },
  });
  const loader = createLoader({ clock, link: () => connection.link(), pageSize });
  const sync: Sync = createSync({
    ...{ clock, random, directory, loader, pageSize, onError: report },
    hasReceipts: options.transport.supports.receipts,
    onListed: () => base.session.listed.set(true),
  });
  const use = (link: Link | undefined): void =>
    scope.batch(() => {
      for (const part of [outbox, receipts, presence, sync]) part.use(link);
    });
  const connection = createLinks(options, base, inbox, use);

  const closing = [connection, outbox, receipts, presence, limiter, { close: () => tabs?.leave() }];
  let isClosed = false;
  const core = createCore({
    ...{ ...base, ...copies, loader, sync, outbox, receipts, keeper },
    pipeline: composePipeline([...(options.compose ?? defaultSteps()), conform(options.schema?.message)]),
    misfitOf: (custom) => misfitOf(options.schema?.conversation, custom),
    isClosed: () => isClosed,
  });
  return {
    ...{ ...base, core, connection, keeper },
    close() {
      if (isClosed) return false;
      isClosed = true;
      for (const part of closing) part.close();
      return true;
    },
  };
}

/** What the client knows, and may do, per conversation. */
interface Copies {
  readonly directory: Directory;
  readonly limiter: RateLimiter;
  readonly presence: Presence;
  readonly updates: Cell<number>;
}

function createCopies(
  { storage, maxMessages = MOST_MESSAGES }: ClientOptions,
  { clock, scope, session, userId, limits, reading }: Foundation,
  { cache }: Keeper,
): Copies {
  const self = (): string => userId() ?? "";
  const updates = scope.cell(0);
  const directory: Directory = createDirectory({
    scope,
    userId: self,
    most: MOST_REPLICAS,
    create(conversationId, onShown) {
      const replica: Replica = createReplica({
        ...{ conversationId, onShown, scope, limits, reading, userId: self, now: session.serverNow },
        maxMessages: () => (directory.isOpen(conversationId) ? maxMessages : 2 * MOST_UNOPENED),
        onUpdate(messageIds) {
          if (messageIds.length > 0) updates.set(updates.get() + 1);
          if (storage) cache.touch(replica, messageIds); // one that ends with the client keeps nothing worth the copying
        },
      });
      const epoch = session.epoch();
      if (epoch !== undefined) replica.acceptEpoch(epoch); // all others were told by the welcome
      return replica;
    },
  });
  const messagesPerMinute = (conversationId: string): number | undefined =>
    directory.peek(conversationId)?.conversation.get()?.settings.messagesPerMinute;
  return {
    ...{ directory, updates },
    limiter: createRateLimiter({ clock, scope, messagesPerMinute }),
    presence: createPresence({ clock, scope, userId, isOpen: directory.isOpen }),
  };
}

interface Surroundings extends Copies {
  readonly journal: Keeper["journal"];
  readonly inbox: Inbox;
  readonly link: () => Link | undefined;
}

function createSending(
  { transport, maxOutboxEntries = MOST_ENTRIES }: ClientOptions,
  { clock, random, scope, nextId, events, limits }: Foundation,
  { journal, limiter, directory, inbox, link }: Surroundings,
): Outbox {
  return createOutbox({
    ...{ clock, random, scope, journal, limiter, nextId },
    maxEntries: maxOutboxEntries,
    window: () => (transport.supports.pipelining ? Math.min(PIPELINE, limits().inFlight) : 1),
    onEntry(entry) {
      showProgress(directory.get(entry.command.conversationId), entry);
      events.emit("outbox", entry);
    },
    onAck: inbox.acked,
    onStuck: () => link()?.close(),
  });
}

function createLinks(
  { transport, auth, platform = browserPlatform(), backoff }: ClientOptions,
  { clock, random, scope, logger, clientId, report }: Foundation,
  inbox: Inbox,
  use: (link: Link | undefined) => void,
): Connection {
  const connection: Connection = createConnection({
    ...{ transport, clock, random, scope, logger, platform, backoff, clientId },
    auth: typeof auth === "string" ? () => auth : auth,
    onEvents(received) {
      inbox.receive(received);
      // Not before: submits and resume go by what the welcome says.
      if (received.some(({ type }) => type === "welcome")) use(connection.link());
    },
    onLink(link, error) {
      if (!link) use(undefined);
      const isBlocked = connection.state.get().name === "blocked"; // told below
      if (error?.retryable === false && !isBlocked) report(error);
    },
  });
  connection.state.subscribe(({ name, error }) => {
    if (name === "blocked" && error) report(error); // also where an attempt nobody waits for comes to that
  });
  return connection;
}
