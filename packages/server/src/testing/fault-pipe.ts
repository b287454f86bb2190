import type { Socket } from "node:net";

/** What is done to the bytes that travel in one direction. */
export interface Faults {
  /** Every byte arrives this much later. */
  readonly latencyMs: number;
  /** Up to this much later again, at random. Order is kept, as TCP keeps it. */
  readonly jitterMs: number;
  /** The width of the line; `Infinity` for none. Each connection has a line of its own. */
  readonly bytesPerSecond: number;
  /**
   * Nothing arrives, nobody is told, and the sender's bytes are taken all the same until its buffers are full. What was
   * held arrives when this ends, as TCP would send it again.
   */
  readonly blackHole: boolean;
}

/** One direction of the proxy, shared by its connections. */
export interface Way {
  faults: Faults;
  /** After so many more bytes the connection that carries them is cut. */
  cutAfter: number | undefined;
  /** Bytes taken from senders, and bytes handed on. */
  accepted: number;
  delivered: number;
}

/** Time and chance of the proxy; the `Clock` and `Random` of core fit. */
export interface FaultSources {
  readonly clock: { now(): number; after(delayMs: number, task: () => void): () => void };
  readonly random: { next(): number };
}

/** Carries the bytes of one connection in one direction. */
export interface FaultPipe {
  /** Hands on what is due; called after faults have changed. */
  pump(): void;
  /** Makes everything held due now. */
  flush(): void;
  /** Ends the direction after what is held, as if the sender had; what it sends later is lost. */
  finish(): void;
  /** Forgets what is held, and its timer. */
  stop(): void;
}

interface Item {
  readonly content: Buffer | "end" | "reset";
  dueMs: number;
}

/** What the network between holds before the sender has to wait. */
const MOST_HELD_BYTES = 1_048_576;
/** A narrow line delivers in pieces of this much time, not a whole read at once. */
const PIECE_MS = 50;

/** @param cut - called once the last byte allowed by `way.cutAfter` is with the receiver. */
export function createFaultPipe(
  from: Socket,
  to: Socket,
  way: Way,
  { clock, random }: FaultSources,
  cut: () => void,
): FaultPipe {
  const held: Item[] = [];
  let heldBytes = 0;
  let lineFreeMs = 0;
  let isFinished = false;
  let isStopped = false;
  let cancelTimer: () => void = () => {};

  const hold = (content: Item["content"]): void => {
    if (isStopped || (isFinished && content !== "reset")) return;
    isFinished = typeof content === "string";
    const { latencyMs, jitterMs, bytesPerSecond } = way.faults;
    const length = sizeOf(content);
    lineFreeMs = Math.max(lineFreeMs, clock.now()) + (length / bytesPerSecond) * 1_000;
    held.push({ content, dueMs: lineFreeMs + latencyMs + random.next() * jitterMs });
    heldBytes += length;
  };

  const deliver = (content: Item["content"]): void => {
    if (content === "end") to.end();
    else if (content === "reset") reset(to);
    else if (way.cutAfter === undefined || content.length < way.cutAfter) {
      if (way.cutAfter !== undefined) way.cutAfter -= content.length;
      way.delivered += content.length;
      to.write(content);
    } else {
      const last = content.subarray(0, way.cutAfter);
      way.cutAfter = undefined;
      way.delivered += last.length;
      stop();
      to.write(last, cut);
    }
  };

  const pump = (): void => {
    cancelTimer();
    while (!isStopped && !way.faults.blackHole && !to.writableNeedDrain && !to.destroyed) {
      const [first] = held; // only ever the first, so that jitter cannot change the order
      if (first === undefined) break;
      const waitMs = first.dueMs - clock.now();
      if (waitMs > 0) {
        cancelTimer = clock.after(waitMs, pump);
        break;
      }
      held.shift();
      heldBytes -= sizeOf(first.content);
      deliver(first.content);
    }
    if (heldBytes < MOST_HELD_BYTES && from.isPaused()) from.resume();
  };

  const stop = (): void => {
    isStopped = true;
    held.length = 0;
    heldBytes = 0;
    cancelTimer();
  };

  const finish = (how: "end" | "reset"): void => {
    hold(how);
    pump();
  };

  from.on("data", (bytes) => {
    way.accepted += bytes.length;
    for (const piece of pieces(bytes, way.faults.bytesPerSecond)) hold(piece);
    if (heldBytes >= MOST_HELD_BYTES) from.pause();
    pump();
  });
  from.on("end", () => finish("end"));
  from.on("error", () => finish("reset"));
  to.on("drain", pump);

  return {
    pump,
    flush() {
      for (const item of held) item.dueMs = 0;
      lineFreeMs = 0;
      pump();
    },
    finish: () => finish("end"),
    stop,
  };
}

function sizeOf(content: Item["content"]): number {
  return typeof content === "string" ? 0 : content.length;
}

function pieces(bytes: Buffer, bytesPerSecond: number): Buffer[] {
  const length = Math.max(1, Math.floor((bytesPerSecond * PIECE_MS) / 1_000));
  if (length >= bytes.length) return [bytes];
  const count = Math.ceil(bytes.length / length);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * length, (index + 1) * length));
}

/**
 * Ends a socket with RST. One whose goodbye is still under way is just ended: libuv refuses to reset it, and Node would
 * then never say that it has closed.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
