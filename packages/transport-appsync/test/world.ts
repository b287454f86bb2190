import { type Client, type Clock, type Conversation, createClient, type MessagingError } from "@tidings/core";
import { createMemoryBackend, type Identity, type MemoryConversation } from "@tidings/core/memory";
import { defaultPolicy } from "@tidings/core/protocol";
import { seededRandom, virtualClock, type VirtualClock } from "@tidings/core/testing";
import { type AppSyncTransportOptions, appSyncTransport } from "../src/index.ts";
import { appSyncPolicy } from "../src/backend/index.ts";
import { deploy } from "./backend/deployment.ts";
import { createEndpoint, type Endpoint, type EndpointOptions } from "./endpoint/endpoint.ts";
import { createLoopback, type Loopback, ORIGIN } from "./endpoint/loopback.ts";
import { authenticate, newId } from "./harness.ts";

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

/** What stands behind the endpoint: the rules in memory, or what the template deploys. */
export type Behind = "memory" | "deployed";

export interface WorldOptions extends Partial<Pick<EndpointOptions, "most" | "authenticate">> {
  readonly behind?: Behind;
  readonly conversations?: readonly MemoryConversation[];
  /** Seldom where a day has to pass; as usual by default. */
  readonly heartbeatMs?: number;
}

/** Some day in 2026; ids hold it. */
const START_MS = 1_790_000_000_000;

export async function createWorld(given: WorldOptions = {}): Promise<World> {
  const { behind = "memory", most, authenticate: another = forEver } = given;
  const clock = virtualClock(START_MS, () => new Promise((resolve) => setImmediate(resolve)));
  const random = seededRandom(7);
  const endpoint = createEndpoint({
    ...(await (behind === "memory" ? inMemory : deployed)(given, clock)),
    ...{ clock, random, origin: ORIGIN, authenticate: another, ...(most && { most }) },
  });
  const people: Person[] = [];
  return {
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

/** A token is the user's name, and does not expire. */
function forEver(token: string): Identity {
  return { userId: authenticate(token).userId };
}

type Standing = Pick<EndpointOptions, "memory" | "resolvers">;

async function inMemory({ conversations, heartbeatMs }: WorldOptions, clock: Clock): Promise<Standing> {
  const policy = { ...defaultPolicy, rates: [], ...(heartbeatMs && { heartbeatMs }) };
  const random = seededRandom(8);
  return {
    memory: createMemoryBackend({ clock, random, policy, ...(conversations && { conversations }) }),
  };
}

/** Who is to be in a conversation is invited by its owner; where nobody is named everybody comes in. */
async function deployed(given: WorldOptions, clock: Clock): Promise<Standing> {
  const { conversations = [{ conversationId: "general" }], heartbeatMs } = given;
  const open = conversations.filter(({ participants }) => !participants);
  const lobbies = Object.fromEntries(open.map(({ conversationId }) => [conversationId, conversationId]));
  const policy = { ...appSyncPolicy, ...(heartbeatMs && { heartbeatMs }) };
  const { resolvers, backend } = await deploy({ clock, lobbies, policy, random: seededRandom(9) });
  for (const { conversationId, kind = "group", participants } of conversations) {
    const [owner, ...others] = participants ?? [];
    if (!owner) continue;
    const command = { type: "conversation.create", commandId: newId(), at: 0, kind, participants: others };
    await backend({ field: "submit", args: { conversationId, command }, userId: owner.userId });
  }
  return { resolvers };
}

function textsOf({ timeline }: Conversation): readonly string[] {
  return [...timeline.get().items].flatMap((item) =>
    item.type === "message" && "text" in item.message.content ? [item.message.content.text] : [],
  );
}
