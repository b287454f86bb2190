import type { CustomSchemas, JsonCustom } from "../compose/custom.ts";
import { MessagingError, toMessagingError } from "../errors/messaging-error.ts";
import { within } from "../errors/within.ts";
import { assemble } from "./assemble.ts";
import { createConversation } from "./conversation.ts";
import { remember } from "./internals.ts";
import { sentOf } from "./sent.ts";
import type { Client, ClientOptions } from "./types.ts";
import { typistsIn } from "./typing.ts";
import { untilOnline } from "./until-online.ts";

const STORAGE_TIMEOUT_MS = 10_000;

/**
 * Puts a client together. It works at once, link or no link: what is sent waits in the outbox until `connect()` has
 * found the backend.
 *
 * @throws {MessagingError} `client/misused` without a transport
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
export function createClient<Schemas extends CustomSchemas = JsonCustom>(
  options: ClientOptions<Schemas>,
): Client<Schemas>;
export function createClient(options: ClientOptions): Client {
  const { core, connection, clock, keeper, session, events, nextId, report, close, ...rest } =
    assemble(options);
  const { outbox, directory, presence } = core;
  const reportStorage = (error: unknown): void => report(toMessagingError(error, "storage/failed"));
  /** A storage that hangs is not waited for for ever: what it holds is taken in when it answers. */
  const patiently = (work: Promise<void>): Promise<void> =>
    within(clock, STORAGE_TIMEOUT_MS, "storage/failed", work).catch(reportStorage);
  const recovered = patiently(keeper.recover());

  /** What the app asked for last: it may change its mind while storage is being read. */
  let isWanted = false;
  const conversation = onePerId((id) => createConversation(core, id));

  const client: Client = {
    userId: session.userId,
    policy: session.policy,
    rates: core.limiter.stats,
    connection: connection.state,
    conversations: directory.list,
    listed: session.listed,
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
    typing: onePerId((id) => typistsIn(core, id)),
    setPresence: presence.setStatus,
    conversation,
    async createConversation({ conversationId = nextId(), ...intent }) {
      await core.give(conversationId, { type: "conversation.create", ...intent });
      return conversation(conversationId);
    },
    connect() {
      isWanted = true;
      const connected = recovered.then(() => {
        if (isWanted) connection.connect();
        return untilOnline(connection.state);
      });
      connected.catch(() => {}); // whoever does not await it reads `connection` instead
      return connected;
    },
    disconnect() {
      isWanted = false;
      connection.disconnect();
    },
    on: events.on,
    async close() {
      if (!close()) return;
      await recovered;
      await patiently(keeper.close());
    },
  };
  return remember(client, { ...rest, core, session });
}

function onePerId<T>(make: (id: string) => T): (id: string) => T {
  const made = new Map<string, T>();
  return (id) => {
    const found = made.get(id) ?? make(id);
    made.set(id, found);
    return found;
  };
}
