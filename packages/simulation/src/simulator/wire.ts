import type { Random } from "@tidings/core";
import type { WebSocketConstructor, WebSocketLike } from "@tidings/transport-ws";
import { calm, createAstray, createFileTalk, isPush, isSubmit, type Mishaps, withoutLost } from "./astray.ts";
import type { Life } from "./life.ts";
import type { Time } from "./time.ts";

/** The server's end of a connection. */
export interface Peer {
  received(text: string): void;
  /** @param code - 1000 or 1001: the client said good-bye. */
  closed(code: number): void;
}

/** A connection, as the server holds it. */
export interface Incoming {
  send(text: string): void;
  close(code: number): void;
  /** Ends it; the client is told, unless `isSilent`. */
  cut(isSilent?: boolean): void;
}

/** Who answers; `undefined` when nobody does. */
export type Accept = (incoming: Incoming) => Peer | undefined;

/** The way between one device and the server, and what is wrong with it. */
export interface Wire {
  readonly pushes: Mishaps;
  readonly submits: Mishaps;
  /** Questions about files. */
  readonly questions: Mishaps;
  /** … and the answers to them. */
  readonly answers: Mishaps;
  /** Acks and refusals that get lost. */
  lostAnswers: number;
  /** No connection comes about. */
  isOut: boolean;
  /** Longest time a message takes, ms. */
  latencyMs: number;
  /** Ends what is open: what is under way arrives in part. @param isSilent - and neither end is told. */
  cut(isSilent: boolean): void;
  heal(): void;
  /** What a device's process connects with. */
  socketsOf(life: Life): WebSocketConstructor;
  /** Messages a device has sent. */
  readonly sent: number;
}

export interface WireOptions {
  readonly time: Time;
  readonly random: Random;
  readonly accept: () => Accept | undefined;
  /** Told when a frame really went astray. */
  readonly onMishap: (name: string) => void;
}

const LATENCY_MS = 30;
const ABNORMAL = 1006;

export function createWire({ time, random, accept, onMishap }: WireOptions): Wire {
  const open = new Set<Connection>();
  let sent = 0;

  /** One direction of one connection: in order, or not at all. */
  const createPipe = (life: Life | undefined, deliver: (text: string) => void): Pipe => {
    let arrivesAtMs = 0;
    let isBroken = false;
    const wait = (task: () => void): void => {
      arrivesAtMs = Math.max(arrivesAtMs, time.now() + Math.ceil(random.next() * wire.latencyMs));
      const delayMs = arrivesAtMs - time.now();
      if (life) life.after(delayMs, task);
      else time.after(delayMs, task);
    };
    return {
      send: (text) => wait(() => !isBroken && deliver(text)),
      next: (task) => wait(() => !isBroken && task()),
      breakOff: () => void (isBroken = true),
    };
  };

  const connect = (life: Life, socket: Socket): void => {
    const peerOf = wire.isOut ? undefined : accept();
    let peer: Peer | undefined;
    let isDown = false;
    const toClient = createPipe(life, (text) => socket.hear(text));
    const toServer = createPipe(undefined, (text) => peer?.received(text));
    const astray = { down: createAstray(onMishap, "push"), up: createAstray(onMishap, "submit") };
    const talk = createFileTalk(wire, onMishap);
    const finish = (clientCode: number | undefined, serverCode: number | undefined): void => {
      if (isDown) return;
      isDown = true;
      open.delete(connection);
      if (clientCode !== undefined) toClient.next(() => socket.end(clientCode));
      const leave = (): void => peer?.closed(serverCode ?? ABNORMAL);
      if (serverCode !== undefined) toServer.next(leave);
    };
    const connection: Connection = {
      cut(isSilent) {
        toClient.breakOff();
        toServer.breakOff();
        if (isSilent || isDown) return;
        finish(undefined, undefined);
        life.after(random.next() * LATENCY_MS, () => socket.end(ABNORMAL));
        time.after(random.next() * LATENCY_MS, () => peer?.closed(ABNORMAL));
      },
    };
    const incoming: Incoming = {
      send(text) {
        if (isDown) return;
        const passed = talk.down(withoutLost(astray.down(text, wire.pushes, isPush), wire, onMishap));
        if (passed !== undefined) toClient.send(passed);
      },
      close: (code) => finish(code, code),
      cut(isSilent = false) {
        connection.cut(isSilent);
      },
    };
    socket.attach({
      send(text) {
        sent += 1;
        if (isDown) return;
        const passed = talk.up(astray.up(text, wire.submits, isSubmit));
        if (passed !== undefined) toServer.send(passed);
      },
      close(code) {
        toClient.breakOff();
        finish(undefined, code);
      },
    });
    if (wire.isOut || !peerOf) return toClient.next(() => socket.end(ABNORMAL));
    open.add(connection);
    toServer.next(() => {
      peer = peerOf(incoming);
      if (peer) toClient.next(() => socket.start());
      else finish(ABNORMAL, undefined);
    });
  };

  const wire: Wire = {
    pushes: calm(),
    submits: calm(),
    questions: calm(),
    answers: calm(),
    lostAnswers: 0,
    isOut: false,
    latencyMs: LATENCY_MS,
    cut(isSilent) {
      for (const connection of open) connection.cut(isSilent);
    },
    heal() {
      Object.assign(wire.pushes, calm());
      for (const mishaps of [wire.submits, wire.questions, wire.answers]) Object.assign(mishaps, calm());
      wire.lostAnswers = 0;
      wire.isOut = false;
      wire.latencyMs = LATENCY_MS;
    },
    socketsOf(life) {
      return class extends Socket {
        constructor(_url: string) {
          super(life);
          life.step();
          if (!life.isOver) connect(life, this);
        }
      };
    },
    get sent() {
      return sent;
    },
  };
  return wire;
}

interface Pipe {
  send(text: string): void;
  /** After what was sent. */
  next(task: () => void): void;
  /** What is under way does not arrive. */
  breakOff(): void;
}

interface Connection {
  cut(isSilent: boolean): void;
}

interface Ends {
  send(text: string): void;
  close(code: number): void;
}

/** A WebSocket as browsers have it, as far as a client uses it. */
class Socket implements WebSocketLike {
  readonly bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  onclose: ((event: { readonly code: number }) => void) | null = null;
  readonly #life: Life;
  #ends: Ends | undefined;
  #isOpen = false;

  constructor(life: Life) {
    this.#life = life;
  }

  attach(ends: Ends): void {
    this.#ends = ends;
  }

  start(): void {
    this.#isOpen = true;
    this.onopen?.();
  }

  hear(data: string): void {
    this.#life.step();
    if (!this.#life.isOver) this.onmessage?.({ data });
  }

  end(code: number): void {
    this.#ends = undefined;
    this.onclose?.({ code });
  }

  send(text: string): void {
    if (!this.#isOpen) throw new Error("the socket is not open");
    this.#life.step();
    if (this.#life.isOver) return;
    this.#ends?.send(text);
    this.#life.step();
  }

  close(code = 1000): void {
    this.#ends?.close(this.#life.isOver ? ABNORMAL : code);
    this.#ends = undefined;
  }
}
