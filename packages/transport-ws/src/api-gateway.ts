/** A server behind an Amazon API Gateway WebSocket API: its envelopes, limits and tickets. */
import { type Clock, type Random, systemClock, systemRandom } from "@tidings/core";
import type { Policy, ServerFrame } from "@tidings/core/protocol";
import type { Gateway } from "./gateway.ts";

export interface ApiGatewayOptions {
  /**
   * Lets a socket in at `$connect`: asked before each connection, and put into the address as `ticket`. Addresses end up
   * in logs, so it should be good for a minute and one use, and never be the token. Absent: nothing is asked there.
   */
  readonly ticket?: () => string | Promise<string>;
  /** The key your API routes by: of `$request.body.action` it is `"action"`, which is the default. */
  readonly routeKey?: string;
  /** The route of what people do; `"sendMessage"` by default. */
  readonly submitRoute?: string;
  /** The route of all else; `"tidings"` by default, which no API has, so that it ends up at `$default`. */
  readonly otherRoute?: string;
  /** The backend searches messages, as `@tidings/server` does; no by default. */
  readonly search?: boolean;
  /** After this a socket is given up and another is opened. 110 minutes by default, less up to 2 %. */
  readonly socketLifeMs?: number;
  /** For tests. */
  readonly clock?: Clock;
  /** For tests. */
  readonly random?: Random;
}

const MINUTE_MS = 60_000;
/** Larger frames end the connection (1009), and a browser sends each message as one frame. */
const FRAME_BYTES = 32_768;
/** What stands around the frames of a message: the key, its route, brackets. */
const ENVELOPE_BYTES = 256;
/** API Gateway ends what is silent for ten minutes, and pongs of the protocol do not count. */
const HEARTBEAT_MS = 4 * MINUTE_MS;

/**
 * What Amazon API Gateway asks of a client that reaches its server through a WebSocket API: each message is an object
 * with a route, none is larger than 32 KB, something is said every few minutes, and a new connection is there before
 * the old one is ended after two hours. Errors of the gateway itself, which name no request, end the link to come back.
 *
 * @example
 * import { webSocketTransport } from "@tidings/transport-ws";
 * import { apiGateway } from "@tidings/transport-ws/api-gateway";
 * const ticket = async () => (await fetch("/ticket")).text();
 * const url = "wss://abc.execute-api.eu-west-1.amazonaws.com/prod";
 * const transport = webSocketTransport({ url, apiGateway: apiGateway({ ticket }) });
 */
export function apiGateway(options: ApiGatewayOptions = {}): Gateway {
  const { ticket, routeKey = "action", submitRoute = "sendMessage", otherRoute = "tidings" } = options;
  const { socketLifeMs = 110 * MINUTE_MS, clock = systemClock, random = systemRandom } = options;
  const envelope = (route: string): string =>
    `{${JSON.stringify(routeKey)}:${JSON.stringify(route)},"frames":`;
  const [submits, others] = [envelope(submitRoute), envelope(otherRoute)];

  /** The link has put the frames together already; what they say is not read again. */
  const wrap = (text: string): string => {
    const frames = text.startsWith("[") ? text : `[${text}]`;
    return `${frames.startsWith(SUBMIT) ? submits : others}${frames}}`;
  };

  return {
    // Two messages are two calls of Lambda, and one may overtake the other.
    pipelining: false,
    search: options.search ?? false,
    async address(url) {
      if (!ticket) return url;
      return `${url}${url.includes("?") ? "&" : "?"}ticket=${encodeURIComponent(await ticket())}`;
    },
    over: (connect) => (handler) => {
      const socket = connect({
        ...handler,
        received(data) {
          const code = complaint(data);
          if (code === undefined) handler.received(data);
          else handler.closed(code, new Error(`API Gateway said ${JSON.stringify(data)}`));
        },
        closed(...why) {
          cancel();
          handler.closed(...why);
        },
      });
      const lifeMs = socketLifeMs * (1 - random.next() * 0.02);
      const cancel = clock.after(lifeMs, () => handler.closed(GOING_AWAY, new Error(HAND_OVER)));
      return {
        get bufferedBytes() {
          return socket.bufferedBytes;
        },
        send: (text) => socket.send(wrap(text)),
        close(code) {
          cancel();
          socket.close(code);
        },
      };
    },
    adapt: (frame) => narrowed(frame),
  };
}

const SUBMIT = '[{"type":"submit"';
const HAND_OVER = "the socket is given up before API Gateway ends it";
const GOING_AWAY = 1001;
const INTERNAL_ERROR = 1011;
const TRY_AGAIN_LATER = 1013;

/** The close code that says the same as an error of the gateway's own; absent for anything else. */
function complaint(data: unknown): number | undefined {
  // Frames of ours have a type, and may hold any text: only what has none is looked at.
  if (typeof data !== "string" || !data.startsWith("{") || !data.includes('"requestId"')) return undefined;
  const { type, message, requestId }: Complaint = Object(read(data));
  if (type !== undefined || typeof message !== "string" || typeof requestId !== "string") return undefined;
  return /too many requests|limit exceeded|rate exceeded/i.test(message) ? TRY_AGAIN_LATER : INTERNAL_ERROR;
}

interface Complaint {
  readonly type?: unknown;
  readonly message?: unknown;
  readonly requestId?: unknown;
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A server announces what it takes itself; what stands before it takes less. */
function narrowed(frame: ServerFrame): ServerFrame {
  if (frame.type === "policy") return { ...frame, policy: narrow(frame.policy) };
  if (frame.type !== "welcome") return frame;
  return { ...frame, welcome: { ...frame.welcome, policy: narrow(frame.welcome.policy) } };
}

function narrow(policy: Policy): Policy {
  const frameBytes = Math.min(policy.limits.frameBytes, FRAME_BYTES - ENVELOPE_BYTES);
  const heartbeatMs = Math.min(policy.heartbeatMs, HEARTBEAT_MS);
  return { ...policy, heartbeatMs, limits: { ...policy.limits, frameBytes } };
}
