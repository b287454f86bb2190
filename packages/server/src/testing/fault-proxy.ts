import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import {
  createFaultPipe,
  type FaultPipe,
  type Faults,
  type FaultSources,
  reset,
  type Way,
} from "./fault-pipe.ts";

/** `up` is from the client to the server. */
export type Direction = "up" | "down";

export interface FaultProxyOptions extends Partial<FaultSources> {
  /** Where the real server listens. */
  readonly target: { readonly host?: string; readonly port: number };
}

/** A bad network between a client and a server that are otherwise real. All of it can be changed while links are open. */
export interface FaultProxy {
  readonly host: string;
  readonly port: number;
  /** `ws://host:port`. */
  readonly url: string;
  /** Connections open now. */
  readonly connections: number;
  /** Connections ever made by clients, those refused included. */
  readonly attempts: number;
  /** Changes faults, in both directions or one. They apply to bytes sent from now on; a black hole applies at once. */
  set(faults: Partial<Faults>, direction?: Direction): void;
  /** Answers new connections with RST, so that the port stays ours; open ones are left alone. */
  refuse(isRefusing?: boolean): void;
  /** Says goodbye on every connection in one direction only, behind what is under way. */
  halfClose(direction: Direction): void;
  /** Lets `bytes` more through in a direction, then cuts the connection that carried the last: in mid-frame. */
  cutAfter(bytes: number, direction: Direction): void;
  /** Ends every connection now, what is under way is lost. */
  cut(): void;
  /** Ends every connection now with RST, towards both sides. */
  reset(): void;
  /** Takes all faults away; what was held arrives at once. */
  heal(): void;
  /** Bytes taken from senders, and bytes handed on, since the beginning. */
  traffic(direction: Direction): { readonly accepted: number; readonly delivered: number };
  /** Ends everything; no socket, timer or port remains once it has resolved. Calling it again does nothing. */
  close(): Promise<void>;
}

interface Connection {
  readonly sockets: readonly Socket[];
  readonly pipes: Readonly<Record<Direction, FaultPipe>>;
}

const HOST = "127.0.0.1";
const NO_FAULTS: Faults = { latencyMs: 0, jitterMs: 0, bytesPerSecond: Infinity, blackHole: false };

const systemSources: FaultSources = {
  clock: {
    now: () => performance.now(),
    after(delayMs, task) {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
  },
  random: { next: Math.random },
};

/**
 * Starts a TCP proxy on a free port of this machine, without faults.
 *
 * @example
 * const proxy = await createFaultProxy({ target: { port: server.port } });
 * proxy.set({ latencyMs: 50 });
 * proxy.set({ blackHole: true }, "down");
 * proxy.cutAfter(10, "down");
 */
export async function createFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const sources: FaultSources = { ...systemSources, ...options };
  const { host: targetHost = HOST, port: targetPort } = options.target;
  const ways: Readonly<Record<Direction, Way>> = { up: createWay(), down: createWay() };
  const connections = new Set<Connection>();
  const sockets = new Set<Socket>();
  let attempts = 0;
  let isRefusing = false;

  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    attempts += 1;
    if (isRefusing) {
      client.resetAndDestroy();
      return;
    }
    const target = connect({ host: targetHost, port: targetPort, allowHalfOpen: true, noDelay: true });
    const cut = (): void => end(connection, (socket) => socket.destroy());
    const connection: Connection = {
      sockets: [client, target],
      pipes: {
        up: createFaultPipe(client, target, ways.up, sources, cut),
        down: createFaultPipe(target, client, ways.down, sources, cut),
      },
    };
    connections.add(connection);
    for (const socket of connection.sockets) {
      track(socket);
      socket.once("close", () => {
        if (connection.sockets.every((each) => !sockets.has(each))) end(connection, () => {});
      });
    }
  });

  const end = (connection: Connection, how: (socket: Socket) => void): void => {
    for (const pipe of Object.values(connection.pipes)) pipe.stop();
    for (const socket of connection.sockets) how(socket);
    connections.delete(connection);
  };
  const endAll = (how: (socket: Socket) => void): void => {
    for (const connection of [...connections]) end(connection, how);
  };

  await once(server.listen(0, HOST), "listening");
  const port = portOf(server.address());
  let closed: Promise<void> | undefined;

  return {
    host: HOST,
    port,
    url: `ws://${HOST}:${port}`,
    get connections() {
      return connections.size;
    },
    get attempts() {
      return attempts;
    },
    set(faults, direction) {
      for (const each of direction === undefined ? (["up", "down"] as const) : [direction]) {
        ways[each].faults = { ...ways[each].faults, ...faults };
        for (const { pipes } of connections) pipes[each].pump();
      }
    },
    refuse(isOn = true) {
      isRefusing = isOn;
    },
    halfClose(direction) {
      for (const { pipes } of connections) pipes[direction].finish();
    },
    cutAfter(bytes, direction) {
      ways[direction].cutAfter = bytes;
    },
    cut: () => endAll((socket) => socket.destroy()),
    reset: () => endAll(reset),
    heal() {
      isRefusing = false;
      for (const direction of ["up", "down"] as const) {
        ways[direction].faults = NO_FAULTS;
        ways[direction].cutAfter = undefined;
        for (const { pipes } of connections) pipes[direction].flush();
      }
    },
    traffic: (direction) => ({ accepted: ways[direction].accepted, delivered: ways[direction].delivered }),
    close() {
      return (closed ??= (async () => {
        const ends = [...sockets].map((socket) => once(socket, "close"));
        endAll((socket) => socket.destroy());
        await Promise.all([...ends, new Promise((resolve) => server.close(resolve))]);
      })());
    },
  };
}

function createWay(): Way {
  return { faults: NO_FAULTS, cutAfter: undefined, accepted: 0, delivered: 0 };
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address === "object" && address !== null) return address.port;
  throw new TypeError("unable to start the proxy; it listens on no port");
}
