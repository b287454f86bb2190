import { MOST_FRAMES } from "@tidings/core/protocol";
import type { Socket } from "./socket.ts";

/** Sends frames, given as JSON; those of one tick travel together, as one array. */
export interface Outgoing {
  /** About how many bytes the network has not taken yet. */
  readonly bufferedBytes: number;
  push(frame: string): void;
  /** Sends what this tick has gathered so far. */
  flush(): void;
}

/** In UTF-8 a UTF-16 unit takes at most this many bytes. */
export const MOST_BYTES_PER_UNIT = 3;

/**
 * @param maxBytes - how large one WebSocket message may be.
 * @param onSent - called once a tick's frames are with the socket, which may have passed them on at once.
 */
export function createOutgoing(socket: Socket, maxBytes: () => number, onSent: () => void): Outgoing {
  let batch: string[] = [];
  let length = 0;

  const flush = (): void => {
    const text = batch.join();
    const isAlone = batch.length === 1;
    batch = [];
    length = 0;
    if (text) socket.send(isAlone ? text : `[${text}]`);
  };

  const endTick = (): void => {
    flush();
    onSent();
  };

  return {
    flush,
    push(frame) {
      const added = frame.length + 2; // of an array: a comma or both brackets
      if (batch.length === MOST_FRAMES || (length + added) * MOST_BYTES_PER_UNIT > maxBytes()) flush();
      if (length === 0) queueMicrotask(endTick);
      batch.push(frame);
      length += added;
    },
    get bufferedBytes() {
      return socket.bufferedBytes + length;
    },
  };
}
