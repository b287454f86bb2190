import { randomBytes } from "node:crypto";
import { issueToken } from "@tidings/server";
import { createCounter, openRawSocket } from "./raw-socket.ts";

/** Signs the tokens of the benches' users; the servers are told it. */
export const BENCH_SECRET = "only for benches: 32 bytes at least";

/** A link in the protocol's own frames, on a raw socket. */
export interface TidingsLink {
  send(frame: object): void;
  /** Sends, and waits until `text` stands in what comes. */
  ask(frame: object, text: string): Promise<void>;
  close(): void;
}

export async function openTidingsLink(
  port: number,
  userId: string,
  onChunk: (chunk: Buffer) => void = () => {},
): Promise<TidingsLink> {
  let waiting: { readonly count: (chunk: Buffer) => number; readonly done: () => void } | undefined;
  const token = await issueToken({ secret: BENCH_SECRET, userId });
  const socket = await openRawSocket({
    port,
    path: "/",
    onChunk(chunk) {
      if (waiting && waiting.count(chunk) > 0) waiting.done();
      onChunk(chunk);
    },
  });
  const send = (frame: object): void => socket.send(JSON.stringify(frame));
  const ask = (frame: object, text: string): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        waiting = undefined;
        resolve();
      };
      waiting = { count: createCounter(text), done };
      send(frame);
    });
  await ask({ type: "hello", version: 1, clientId: `client-${userId}`, token }, '"type":"welcome"');
  return { send, ask, close: socket.close };
}

/** Begins a conversation of which `owner` is the first member. */
export async function createRoom(
  owner: TidingsLink,
  conversationId: string,
  others: readonly string[],
): Promise<void> {
  const participants = others.map((userId) => ({ userId }));
  const command = {
    type: "conversation.create",
    kind: "group",
    conversationId,
    commandId: uuidv7(),
    at: 0,
    participants,
  };
  await owner.ask({ type: "submit", id: 0, lane: 1, command }, '"type":"ack"');
}

/** RFC 9562, version 7; order within a millisecond is left to chance. */
export function uuidv7(): string {
  const hex = `${Date.now().toString(16).padStart(12, "0")}7${randomBytes(10).toString("hex").slice(1)}`;
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join("-");
}
