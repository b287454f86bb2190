import { systemClock } from "@tidings/core";
import { type ErrorCode, isMessagingError, MessagingError } from "@tidings/core/errors";
import {
  type ClientFrame,
  type MalformedFrame,
  parseClientFrames,
  type Policy,
  type ServerFrame,
} from "@tidings/core/protocol";
import {
  appSyncPolicy,
  type BackendOptions,
  createBackend,
  type Dynamo,
} from "@tidings/transport-appsync/backend";
import type { Caller, Identity, Parts } from "./call.ts";
import { type Connection, createConnections } from "./connections.ts";
import { createDelivery, isExpired } from "./delivery.ts";
import type { GatewayEvent, GatewayHandler } from "./events.ts";
import { createLanes } from "./lanes.ts";
import { answer, greet, pong, refresh } from "./link.ts";
import type { Posts } from "./posts.ts";
import { showPresence, signal } from "./signals.ts";
import { refuse, submit } from "./submit.ts";
import { createTickets, type Tickets } from "./tickets.ts";

export interface HandlersOptions extends Omit<BackendOptions, "policy"> {
  /** The table of connections and tickets. */
  readonly connections: Dynamo;
  readonly posts: Posts;
  /** @throws {MessagingError} `auth/expired`, `auth/invalid` */
  readonly authenticate: (token: string) => Promise<Identity>;
  readonly policy?: Partial<Policy>;
}

/** By the routes of the API, and what gives tickets to whoever is signed in. */
export interface Handlers {
  readonly $connect: GatewayHandler;
  readonly $disconnect: GatewayHandler;
  readonly $default: GatewayHandler;
  readonly sendMessage: GatewayHandler;
  readonly tickets: Tickets;
}

/** Larger frames end a connection, and this much stands around ours. */
const FRAME_BYTES = 32_768 - 256;
const HEARTBEAT_MS = 4 * 60_000;

export const gatewayPolicy: Policy = {
  ...appSyncPolicy,
  heartbeatMs: HEARTBEAT_MS,
  limits: { ...appSyncPolicy.limits, frameBytes: FRAME_BYTES },
};

/**
 * Tidings behind an API Gateway WebSocket API. All that is known between two calls is in the two tables: any number of
 * functions may run.
 */
export function createHandlers(options: HandlersOptions): Handlers {
  const { connections: table, posts, authenticate, database, clock = systemClock } = options;
  const policy = { ...gatewayPolicy, ...options.policy };
  const connections = createConnections(table, clock);
  const parts: Parts = {
    ...{ connections, database, authenticate, clock },
    backend: createBackend({ ...options, policy }),
    delivery: createDelivery({ connections, posts, clock }),
    lanes: createLanes(table, clock),
    frameBytes: policy.limits.frameBytes,
  };
  const tickets = createTickets(table, clock);
  const talk: GatewayHandler = async (event) => {
    await hear(parts, event);
    return { statusCode: 200 };
  };

  return {
    tickets,
    $default: talk,
    sendMessage: talk,
    async $connect({ requestContext, queryStringParameters }) {
      const { ticket = "" } = queryStringParameters ?? {};
      if ((await tickets.take(ticket)) === undefined) return { statusCode: 401 };
      await connections.begin(requestContext.connectionId);
      return { statusCode: 200 };
    },
    async $disconnect({ requestContext }) {
      const gone = await connections.end(requestContext.connectionId);
      if (gone?.state === "open") await leave(parts, gone);
      return { statusCode: 200 };
    },
  };
}

/** Whoever looked at the same is told, if it was their last connection. */
async function leave(parts: Parts, gone: Connection): Promise<void> {
  const others = await parts.connections.ofUser(gone.userId ?? "");
  if (others.length === 0) await showPresence(parts, gone, "offline");
}

/** All frames of one message, in their order; what they are answered goes back together. */
async function hear(parts: Parts, { requestContext, body = "" }: GatewayEvent): Promise<void> {
  const { connectionId } = requestContext;
  const { delivery } = parts;
  const answers: ServerFrame[] = [];
  let ending: { readonly code: ErrorCode; readonly message?: string } | undefined;
  try {
    const text = framesIn(body);
    if (new TextEncoder().encode(text).length > parts.frameBytes)
      throw new MessagingError("protocol/too-large");
    const parsed = parseClientFrames(text);
    if (!parsed.ok) throw parsed.error;
    for (const frame of parsed.frames) answers.push(...(await take(parts, connectionId, frame)));
  } catch (error) {
    if (!isMessagingError(error)) throw error;
    const { code, message } = error;
    ending = { code, message };
  }
  if (answers.length > 0) await delivery.say(connectionId, answers);
  if (ending) await delivery.close(connectionId, ending);
}

/** @throws {MessagingError} why the connection has to be ended. */
async function take(
  parts: Parts,
  connectionId: string,
  frame: ClientFrame | MalformedFrame,
): Promise<readonly ServerFrame[]> {
  const connection = await parts.connections.find(connectionId);
  if (!connection) return [];
  if (frame.type === "hello") {
    if (connection.state === "connected") await greet(parts, connectionId, frame);
    else if (connection.clientId !== frame.clientId) throw early();
    return [];
  }
  const open = await parts.connections.opened(connection);
  if (open?.userId === undefined) throw early();
  const { userId } = open;
  if (isExpired(open, parts.clock.now())) throw new MessagingError("auth/expired");
  const caller: Caller = { connectionId, userId };
  switch (frame.type) {
    case "submit":
      return [await submit(parts, caller, frame)];
    case "malformed":
      return [await refuse(parts, caller, frame)];
    case "query":
      return [await answer(parts, caller, frame)];
    case "ping":
      return pong(parts, caller, frame);
    case "refresh":
      return [await refresh(parts, caller, frame)];
    case "signal":
      await signal(parts, caller, frame.signal);
      return [];
  }
}

function early(): MessagingError {
  const message = "unable to go on; a hello and its welcome come first, and once";
  return new MessagingError("protocol/hello", { message });
}

/** Out of the envelope. */
function framesIn(body: string): string {
  try {
    const { frames }: { readonly frames?: unknown } = Object(JSON.parse(body));
    return JSON.stringify(frames ?? null);
  } catch {
    return "";
  }
}
