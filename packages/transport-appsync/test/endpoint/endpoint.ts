import { type Clock, type Random, systemClock, systemRandom } from "@tidings/core";
import type { Command } from "@tidings/core/protocol";
import { createApi, type Outcome, type Request, WireFault } from "./api.ts";
import { createEvents, type Publication } from "./events.ts";
import { createFanOut } from "./fan-out.ts";
import { createGate, type EndpointFaults, noFaults, strikes } from "./faults.ts";
import { type Claims, identify, type IdentityOptions, Unauthorised } from "./identity.ts";
import { startRealtime } from "./realtime.ts";
import { type Behind, createResolvers, type Resolvers } from "./resolvers.ts";
import type { Accept, Session } from "./session.ts";

export interface EndpointOptions extends IdentityOptions {
  /** What stands behind our schema; `resolvers` if absent. */
  readonly memory?: Behind;
  readonly resolvers?: Resolvers;
  readonly clock?: Clock;
  readonly random?: Random;
  /** The address under which it is reached, without a path; what is signed holds it. */
  readonly origin: string;
  /** Another schema than ours, with what stands behind it. */
  readonly schema?: string;
  readonly resolve?: Resolvers["resolve"];
  readonly admit?: Resolvers["admit"];
  /** Subscriptions on one socket. */
  readonly most?: number;
}

export interface PostRequest {
  readonly path: string;
  readonly headers: Claims;
  readonly body: string;
}

/** Absent: lost on its way. */
export type PostAnswer = { readonly status: number; readonly body: string } | undefined;

/**
 * What AWS AppSync is to its clients, with its rules, limits and silences, on the product's own: GraphQL over HTTP, the
 * real-time WebSocket, and the Events API. It has no network; `serve.ts` and `loopback.ts` give it one.
 */
export interface Endpoint {
  readonly faults: EndpointFaults;
  post(request: PostRequest, answer: (answer: PostAnswer) => void): void;
  /** @returns takes what the socket receives. */
  connect: Accept;
  /** Somebody does something, in an app that selects all there is. */
  act(userId: string, command: Command): Promise<Outcome>;
  /** Somebody signals. */
  signal(userId: string, conversationId: string, signal: object): Promise<Outcome>;
  /** The same, over the Events API. */
  publish(userId: string, conversationId: string, event: object): Promise<object>;
  hold(): void;
  release(): void;
  garbleNext(): void;
  /** Ends every socket. 1006: without a word. */
  cut(code?: number): void;
  /** Sockets of GraphQL that have been acknowledged. */
  readonly links: number;
  /** All sockets there are, and all there ever were. */
  readonly sockets: { readonly open: number; readonly ever: number };
  /** Subscriptions started now, of GraphQL and of the Events API. */
  readonly subscriptions: number;
  readonly channels: number;
  readonly oversized: number;
}

const EVENT = "{ conversationId rev audience payload }";
const SUBMIT = `mutation($i: ID!, $c: AWSJSON!, $k: ID!) { submit(conversationId: $i, commandId: $k, command: $c) ${EVENT} }`;
const SIGNAL =
  "mutation($i: ID!, $s: AWSJSON!) { signal(conversationId: $i, signal: $s) { conversationId payload } }";

export function createEndpoint(options: EndpointOptions): Endpoint {
  const { memory, clock = systemClock, random = systemRandom, origin, most = 100 } = options;
  const faults = noFaults();
  const gate = createGate();
  const own = options.resolvers ?? (memory && createResolvers(memory));
  if (!own) throw new TypeError("nothing stands behind the endpoint");
  const resolvers = { ...own, resolve: options.resolve ?? own.resolve, admit: options.admit ?? own.admit };
  const api = createApi(resolvers, options.schema);
  const fanOut = createFanOut(clock, random, faults);
  const events = createEvents(resolvers);
  const sessions = new Set<Session>();
  let ever = 0;
  let isGarbling = false;

  const who = (claims: Claims, path: string, body: string) =>
    identify(options, claims, { url: origin + path, body });

  const perform = async (request: Request, identity: { readonly userId: string }): Promise<Outcome> => {
    const outcome = await api.run(request, identity);
    for (const published of outcome.published) {
      await fanOut.publish(published);
      for (const ended of resolvers.outgoing(published.whole)) fanOut.end(ended);
    }
    return outcome;
  };

  const answer = async ({ path, headers, body }: PostRequest): Promise<PostAnswer> => {
    if (strikes(faults.unavailable, random)) return refusal(503, "ServiceUnavailableException", "Busy.");
    try {
      const identity = await who(headers, path, body);
      if (path === "/event") {
        const publication: Publication = JSON.parse(body);
        return { status: 200, body: JSON.stringify(await events.publish(publication, identity)) };
      }
      const { data, errors } = await perform(readRequest(body), identity);
      return { status: 200, body: JSON.stringify({ data, ...(errors && { errors }) }) };
    } catch (error) {
      if (error instanceof Unauthorised) return refusal(401, "UnauthorizedException", error.message);
      if (error instanceof WireFault)
        return refusal(error.errorType === "ValidationError" ? 200 : 400, error.errorType, error.message);
      return refusal(500, "InternalFailure", String(error));
    }
  };

  const connect: Accept = (request, socket) => {
    const isEvents = request.path === "/event/realtime";
    if (!isEvents && request.path !== "/graphql/realtime") {
      socket.close(1002);
      return { received: () => {}, closed: () => {} };
    }
    ever += 1;
    const gated = {
      send(text: string): void {
        gate.pass(() => {
          if (!faults.silent) socket.send(text);
        });
      },
      close: (code: number): void => gate.pass(() => socket.close(code)),
    };
    const session: Session = startRealtime({
      ...{ request, socket: gated, api, resolvers, fanOut, faults, clock, who, most },
      ...{ origin, events: isEvents ? events : undefined, onEnd: () => sessions.delete(session) },
    });
    sessions.add(session);
    return session;
  };

  return {
    faults,
    connect,
    post(request, tell) {
      void answer(request).then((found) => {
        const isLost = strikes(faults.loseAnswers, random);
        gate.pass(() => {
          const garbled = isGarbling ? { status: 200, body: "<html>502 Bad Gateway</html>" } : found;
          isGarbling = false;
          tell(isLost ? undefined : garbled);
        });
      });
    },
    act: (userId, command) => {
      const { conversationId, commandId } = command;
      const variables = { i: conversationId, k: commandId, c: JSON.stringify(command) };
      return perform({ query: SUBMIT, variables }, { userId });
    },
    signal: (userId, conversationId, signal) =>
      perform({ query: SIGNAL, variables: { i: conversationId, s: JSON.stringify(signal) } }, { userId }),
    publish: (userId, conversationId, event) =>
      events.publish({ channel: `/tidings/${conversationId}`, events: [JSON.stringify(event)] }, { userId }),
    hold: () => gate.hold(),
    release: () => gate.release(),
    garbleNext: () => void (isGarbling = true),
    cut(code = 1006) {
      for (const session of [...sessions]) session.cut(code);
    },
    get links() {
      return [...sessions].filter(({ isReady, isEvents }) => isReady && !isEvents).length;
    },
    get sockets() {
      return { open: sessions.size, ever };
    },
    get subscriptions() {
      return fanOut.started.size;
    },
    get channels() {
      return events.channels.size;
    },
    get oversized() {
      return fanOut.oversized;
    },
  };
}

function readRequest(body: string): Request {
  try {
    return JSON.parse(body);
  } catch {
    throw new WireFault("MalformedHttpRequestException", "Request body is not JSON.");
  }
}

function refusal(status: number, errorType: string, message: string): PostAnswer {
  return { status, body: JSON.stringify({ data: null, errors: [{ errorType, message }] }) };
}
