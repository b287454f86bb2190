import { type Client, type Conversation, createClient, type MessagingError } from "@tidings/core";
import {
  createMemoryBackend,
  type Identity,
  type MemoryBackend,
  type MemoryConversation,
} from "@tidings/core/memory";
import { defaultPolicy } from "@tidings/core/protocol";
import { seededRandom, virtualClock, type VirtualClock } from "@tidings/core/testing";
import { type AppSyncTransportOptions, appSyncTransport } from "../src/index.ts";
import { createEndpoint, type Endpoint, type EndpointOptions } from "./endpoint/endpoint.ts";
import { createLoopback, type Loopback, ORIGIN } from "./endpoint/loopback.ts";
import { authenticate } from "./harness.ts";

/** A client on simulated time, and its way to the endpoint. */
export interface Person {
  readonly client: Client;
  readonly room: Conversation;
  readonly way: Loopback;
  readonly errors: readonly MessagingError[];
  /** What its timeline shows, pending messages included. */
  texts(conversationId?: string): readonly string[];
}

/** The endpoint and its clients on one clock: a day passes in a moment. */
export interface World {
  readonly memory: MemoryBackend;
  readonly endpoint: Endpoint;
  readonly clock: VirtualClock;
  /** Connects somebody to "general". */
  enter(userId: string, options?: PersonOptions): Promise<Person>;
  close(): Promise<void>;
}

export interface PersonOptions extends Partial<AppSyncTransportOptions> {
  /** Gives the tokens; by default the user's name, for ever. */
  readonly token?: () => string;
}

export interface WorldOptions extends Partial<Pick<EndpointOptions, "most" | "authenticate">> {
  readonly conversations?: readonly MemoryConversation[];
  /** Seldom where a day has to pass; as usual by default. */
  readonly heartbeatMs?: number;
}

/** Some day in 2026; ids hold it. */
const START_MS = 1_790_000_000_000;

export function createWorld({ conversations, heartbeatMs, ...options }: WorldOptions = {}): World {
  const clock = virtualClock(START_MS, () => new Promise((resolve) => setImmediate(resolve)));
  const random = seededRandom(7);
  const policy = { ...defaultPolicy, rates: [], ...(heartbeatMs && { heartbeatMs }) };
  const memory = createMemoryBackend({ clock, random, policy, ...(conversations && { conversations }) });
  const forEver = (token: string): Identity => ({ userId: authenticate(token).userId });
  const endpoint = createEndpoint({
    memory,
    clock,
    random,
    origin: ORIGIN,
    authenticate: forEver,
    ...options,
  });
  const people: Person[] = [];
  return {
    memory,
    endpoint,
    clock,
    async enter(userId, { token = () => userId, ...transportOptions } = {}) {
      const way = createLoopback(endpoint);
      const { fetch, WebSocket } = way;
      const transport = appSyncTransport({
        ...{ endpoint: `${ORIGIN}/graphql`, fetch, WebSocket, clock, random, ...transportOptions },
      });
      const client = createClient({ transport, auth: token, clock, random, userId, logger: () => {} });
      const errors: MessagingError[] = [];
      client.on("error", (error) => errors.push(error));
      const person: Person = {
        ...{ client, way, errors, room: client.conversation("general") },
        texts: (conversationId = "general") => textsOf(client.conversation(conversationId)),
      };
      people.push(person);
      void client.connect();
      await clock.advance(5_000);
      return person;
    },
    async close() {
      await Promise.all(people.map(({ client }) => client.close()));
    },
  };
}

function textsOf({ timeline }: Conversation): readonly string[] {
  return [...timeline.get().items].flatMap((item) =>
    item.type === "message" && "text" in item.message.content ? [item.message.content.text] : [],
  );
}
