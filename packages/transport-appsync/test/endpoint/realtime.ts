import type { Clock } from "@tidings/core";
import { isMessagingError } from "@tidings/core/errors";
import type { Identity } from "@tidings/core/memory";
import { type Api, type Request, WireFault } from "./api.ts";
import type { Channel, Events, Publication } from "./events.ts";
import type { FanOut, Started } from "./fan-out.ts";
import type { EndpointFaults } from "./faults.ts";
import { type Claims, claimsOf, Unauthorised } from "./identity.ts";
import type { Resolvers } from "./resolvers.ts";
import type { EndpointSocket, Session, SocketRequest } from "./session.ts";

export interface RealtimeOptions {
  readonly request: SocketRequest;
  readonly socket: EndpointSocket;
  readonly api: Api;
  readonly resolvers: Pick<Resolvers, "admit">;
  readonly fanOut: FanOut;
  readonly faults: EndpointFaults;
  readonly clock: Clock;
  readonly who: (claims: Claims, path: string, body: string) => Promise<Identity>;
  /** Subscriptions on one socket. */
  readonly most: number;
  readonly origin: string;
  /** Of a socket of the Events API. */
  readonly events: Events | undefined;
  readonly onEnd: () => void;
}

const TIMEOUT_MS = 300_000;
const KEEP_ALIVE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

/** What one may send of each type; anything else is a fault of the client's. */
interface ClientFrame {
  readonly type?: string;
  readonly id?: string;
  readonly payload?: { readonly data?: unknown; readonly extensions?: { readonly authorization?: object } };
  readonly channel?: string;
  readonly events?: readonly string[];
  readonly authorization?: object;
}

/** One socket, as strict as AppSync. */
export function startRealtime(options: RealtimeOptions): Session {
  const { request, socket, api, resolvers, fanOut, faults, clock, who, most, origin, events, onEnd } =
    options;
  const ids = new Map<string, Started | Channel | undefined>();
  const timers: (() => void)[] = [];
  let isReady = false;
  let isOver = false;
  const path = events ? "/event" : "/graphql";

  const send = (frame: object): void => {
    if (!isOver) socket.send(JSON.stringify(frame));
  };
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    for (const cancel of timers) cancel();
    for (const id of [...ids.keys()]) forget(id);
    onEnd();
  };
  const cut = (code: number): void => {
    if (isOver) return;
    end();
    socket.close(code);
  };
  const forget = (id: string): void => {
    const known = ids.get(id);
    ids.delete(id);
    if (known && "mutations" in known) fanOut.started.delete(known);
    else if (known) events?.channels.delete(known);
  };
  const refuse = (type: string, id: string | undefined, errorType: string, message: string): void => {
    const error = { errorType, message };
    const errors = faults.objectErrors ? error : [error];
    send({ type, ...(id !== undefined && { id }), ...(events ? { errors } : { payload: { errors } }) });
  };

  const init = async (): Promise<void> => {
    try {
      const claims = handshake(request, events ? "aws-appsync-event-ws" : "graphql-ws");
      checkHost(claims, origin);
      await who(claims, events ? path : `${path}/connect`, "{}");
    } catch (error) {
      const isKnown = error instanceof Unauthorised || error instanceof WireFault;
      const errorType = error instanceof WireFault ? error.errorType : "UnauthorizedException";
      const errors = [{ errorType, errorCode: 401, message: isKnown ? error.message : "Bad header." }];
      send({ type: "connection_error", ...(events ? { errors } : { payload: { errors } }) });
      return cut(1000);
    }
    if (isOver || isReady) return;
    isReady = true;
    const limit = { connectionTimeoutMs: TIMEOUT_MS };
    send({ type: "connection_ack", ...(events ? limit : { payload: limit }) });
    const keepAlive = (): void => {
      send({ type: "ka" });
      timers[0] = clock.after(KEEP_ALIVE_MS, keepAlive);
    };
    keepAlive();
    timers.push(clock.after(DAY_MS, () => cut(1001)));
  };

  /** @throws {WireFault | Unauthorised} */
  const begin = async (id: string, { payload }: ClientFrame): Promise<Started> => {
    const { data, extensions } = payload ?? {};
    if (typeof data !== "string")
      throw new WireFault("UnsupportedOperation", "unknown not supported through the realtime channel");
    const identity = await authorise(extensions?.authorization, data);
    const asked: Request = JSON.parse(data);
    const prepared = await api.prepare(asked);
    const filter = await resolvers.admit(prepared.field, prepared.args, identity).catch((error: unknown) => {
      const why = isMessagingError(error) ? error.code : "no";
      throw new WireFault("Unauthorized", `Not Authorized to access ${prepared.field}: ${why}`);
    });
    return {
      ...prepared,
      ...{ filter, userId: identity.userId, since: clock.now() },
      send: (sent) => send({ type: "data", id, payload: sent }),
      invalidate() {
        if (faults.invalidation === "none") return;
        forget(id);
        send({ type: "complete", id });
        if (faults.invalidation === "close") cut(1000);
      },
    };
  };

  const authorise = (authorization: object = {}, body: string): Promise<Identity> => {
    const claims = claimsOf(authorization);
    checkHost(claims, origin);
    return who(claims, path, body);
  };

  const start = async (frame: ClientFrame): Promise<void> => {
    const { id } = frame;
    const refused = events ? "subscribe_error" : "error";
    if (typeof id !== "string" || id === "")
      return refuse(refused, undefined, "BadRequestException", "No id.");
    if (faults.limitStarts > 0) {
      faults.limitStarts -= 1;
      return refuse(refused, events ? id : undefined, "LimitExceededError", "Rate limit exceeded");
    }
    if (ids.has(id)) return refuse(refused, id, "DuplicatedOperationError", "This id is in use.");
    if (ids.size >= most) {
      const message = `Max number of ${most} subscriptions reached`;
      return refuse(refused, id, "MaxSubscriptionsReachedError", message);
    }
    ids.set(id, undefined);
    try {
      const known = events ? await listen(events, id, frame) : await begin(id, frame);
      if (isOver || !ids.has(id)) return;
      ids.set(id, known);
      if ("mutations" in known) fanOut.started.add(known);
      else events?.channels.add(known);
      send({ type: events ? "subscribe_success" : "start_ack", id });
    } catch (error) {
      forget(id);
      const errorType = error instanceof WireFault ? error.errorType : "UnauthorizedException";
      refuse(refused, id, errorType, error instanceof Error ? error.message : "");
    }
  };

  const listen = async (
    api: Events,
    id: string,
    { channel = "", authorization }: ClientFrame,
  ): Promise<Channel> => {
    const identity = await authorise(authorization, JSON.stringify({ channel }));
    return api.listen(channel, identity, (event) => {
      if (!faults.drop) send({ type: "data", id, event });
    });
  };

  const publish = async (
    api: Events,
    { id, channel = "", events: list = [], authorization }: ClientFrame,
  ) => {
    try {
      const publication: Publication = { channel, events: list };
      const identity = await authorise(authorization, JSON.stringify(publication));
      send({ type: "publish_success", id, ...(await api.publish(publication, identity)) });
    } catch (error) {
      refuse("publish_error", id, "UnauthorizedException", error instanceof Error ? error.message : "");
    }
  };

  const stop = (id = ""): void => {
    const isKnown = ids.has(id);
    forget(id);
    if (events) return send({ type: isKnown ? "unsubscribe_success" : "unsubscribe_error", id });
    if (isKnown) send({ type: "complete", id });
  };

  return {
    get isReady() {
      return isReady;
    },
    isEvents: events !== undefined,
    cut,
    closed: end,
    received(text) {
      const frame: ClientFrame = JSON.parse(text);
      if (frame.type === "connection_init") return void init();
      if (!isReady) return; // as AppSync: what comes before the ack is ignored
      if (frame.type === (events ? "subscribe" : "start")) return void start(frame);
      if (frame.type === (events ? "unsubscribe" : "stop")) return stop(frame.id);
      if (events && frame.type === "publish") return void publish(events, frame);
      refuse("error", frame.id, "UnsupportedOperation", `unknown type "${frame.type}"`);
    },
  };
}

/** The authorisation of the handshake: in the second subprotocol, or in the query. @throws {WireFault} */
function handshake({ protocols, query }: SocketRequest, protocol: string): Claims {
  const [first, ...others] = protocols;
  if (first !== protocol) throw new WireFault("NoProtocolError", `no subprotocol "${protocol}"`);
  const inProtocol = others.find((each) => each.startsWith("header-"))?.slice("header-".length);
  const given = inProtocol ?? query.get("header");
  if (!given) throw new WireFault("BadRequestException", "Missing header.");
  if (inProtocol === undefined && query.get("payload") === null)
    throw new WireFault("BadRequestException", "Missing payload.");
  return claimsOf(JSON.parse(Buffer.from(given, "base64url").toString("utf8")));
}

function checkHost(claims: Claims, origin: string): void {
  if (claims.get("host") === new URL(origin).host) return;
  throw new WireFault("BadRequestException", "The host does not match.");
}
