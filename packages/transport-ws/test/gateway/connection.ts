import type { Duplex } from "node:stream";
import type { Cancel, Clock } from "@tidings/core";
import type { WebSocket } from "ws";
import { frameLengths } from "./frame-lengths.ts";

/** One client of the gateway. */
export interface Connection {
  readonly connectedAt: number;
  send(text: string): void;
  close(code: number): void;
  /** Breaks it without a word. */
  cut(): void;
}

export interface ConnectionOptions {
  readonly clock: Clock;
  readonly connectedAt: number;
  readonly received: (body: string) => void;
  readonly closed: () => void;
}

export const MESSAGE_BYTES = 131_072;
const FRAME_BYTES = 32_768;
const IDLE_MS = 600_000;
const LIFE_MS = 7_200_000;
const TOO_LARGE = 1009;
const GOING_AWAY = 1001;

/** Ends what is too large, silent for ten minutes in both directions, or two hours old. */
export function connectionOf(socket: WebSocket, raw: Duplex, options: ConnectionOptions): Connection {
  const { clock, connectedAt, received, closed } = options;
  let idle: Cancel = () => {};
  let isOver = false;
  const close = (code: number): void => {
    isOver = true;
    socket.close(code);
  };
  const stir = (): void => {
    idle();
    idle = clock.after(IDLE_MS, () => close(GOING_AWAY));
  };
  const life = clock.after(LIFE_MS, () => close(GOING_AWAY));
  raw.prependListener("data", frameLengths((length) => length > FRAME_BYTES && close(TOO_LARGE))); // prettier-ignore
  socket.on("message", (data: Buffer) => {
    stir();
    if (!isOver) received(data.toString());
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    idle();
    life();
    closed();
  });
  stir();
  return {
    connectedAt,
    send(text) {
      stir();
      socket.send(text);
    },
    close,
    cut: () => socket.terminate(),
  };
}
