import type { PostgresService } from "@tidings/server/testing";
import type { ServerProcess } from "./lib/child.ts";
import { createCounter, openRawSocket } from "./lib/raw-socket.ts";
import { createRoom, openTidingsLink, uuidv7 } from "./lib/tidings-link.ts";

/** One member of one room, on a raw socket. */
export interface Member {
  /** Says something of about `PAYLOAD_BYTES`; `mark` comes back inside every delivery of it. */
  say(mark: string): void;
  close(): void;
}

export interface MemberOptions {
  readonly server: ServerProcess;
  readonly room: number;
  /** 0 is the room's first member: the one who says things. */
  readonly index: number;
  readonly members: number;
  readonly onChunk: (chunk: Buffer) => void;
}

/** A server to measure, and how to talk to it in its own words. */
export interface Contender {
  readonly name: string;
  readonly script: string;
  /** What its script is told: asked before each start. */
  readonly words?: () => Promise<readonly string[]>;
  /** Stands once in the bytes of each delivery, whoever receives it, and of each answer to a sender. */
  readonly needle: string;
  join(options: MemberOptions): Promise<Member>;
}

/** The bytes of one delivered message: those of a change frame with 200 characters of text. */
const PAYLOAD_BYTES = 560;
const TEXT = "x".repeat(170);

const payload = (mark: string): string => {
  const frame = `{"type":"change","mark":"${mark}","text":"`;
  return `${frame}${"x".repeat(PAYLOAD_BYTES - frame.length - 2)}"}`;
};

export const bareWs: Contender = {
  name: "bare ws",
  script: "bare-ws",
  needle: '"type":"change"',
  async join({ server, room, onChunk }) {
    const socket = await openRawSocket({ port: server.port, path: `/${room}`, onChunk });
    return { say: (mark) => socket.send(payload(mark)), close: socket.close };
  },
};

/** The script of what is on disk in PostgreSQL before anybody is told, and does nothing else. */
export const DURABLE = "bare-ws-pg";

/** … on this one: each time a new database. */
export function bareWsOn(service: PostgresService): Contender {
  return {
    ...bareWs,
    ...{ name: "bare ws + pg", script: DURABLE, words: async () => [await service.database()] },
  };
}

export const socketIo: Contender = {
  name: "socket.io",
  script: "socket-io",
  needle: '42["said"',
  async join({ server, room, onChunk }) {
    const path = "/socket.io/?EIO=4&transport=websocket";
    const awaitText = createAwaiter(onChunk);
    const socket = await openRawSocket({ port: server.port, path, onChunk: awaitText.onChunk });
    await awaitText.until('0{"sid"');
    socket.send("40");
    await awaitText.until('40{"sid"');
    socket.send(`42${JSON.stringify(["join", `r${room}`])}`);
    return {
      say: (mark) => socket.send(`42${JSON.stringify(["say", `r${room}`, payload(mark)])}`),
      close: socket.close,
    };
  },
};

/** Ours: each message parsed, checked, applied, durably committed, and only then delivered. */
export const tidings: Contender = {
  name: "tidings, SQLite",
  script: "tidings",
  needle: '"kind":"message.send"',
  async join({ server, room, index, members, onChunk }) {
    const conversationId = `room-${room}`;
    const link = await openTidingsLink(server.port, userOf(room, index), onChunk);
    if (index === 0 && members > 1) {
      const others = Array.from({ length: members - 1 }, (_, other) => userOf(room, other + 1));
      await createRoom(link, conversationId, others);
    }
    let id = 0;
    return {
      say(mark) {
        id += 1;
        const content = { text: `${mark} ${TEXT}` };
        const message = {
          type: "message.send",
          commandId: uuidv7(),
          conversationId,
          at: 0,
          kind: "text",
          content,
        };
        link.send({ type: "submit", id, lane: id + 1, command: message }); // the room's creation was the lane's first
      },
      close: link.close,
    };
  },
};

/** … that measures itself, as if somebody scraped it. */
export const tidingsMeasured: Contender = {
  ...tidings,
  name: "metrics on",
  words: () => Promise.resolve(["--metrics"]),
};

/** … with another store, each time a new database of it. */
export function tidingsOn(service: PostgresService): Contender {
  return { ...tidings, name: "tidings, PostgreSQL", words: async () => [await service.database()] };
}

function userOf(room: number, index: number): string {
  return `user-${room}-${index}`;
}

/** Waits for a text among the bytes; afterwards it only passes them on. */
function createAwaiter(onChunk: (chunk: Buffer) => void): {
  readonly onChunk: (chunk: Buffer) => void;
  until(text: string): Promise<void>;
} {
  let waiting: { readonly count: (chunk: Buffer) => number; readonly done: () => void } | undefined;
  let early: Buffer[] = [];
  return {
    onChunk(chunk) {
      onChunk(chunk);
      if (!waiting) early.push(Buffer.from(chunk));
      else if (waiting.count(chunk) > 0) waiting.done();
    },
    until: (text) =>
      new Promise((done) => {
        waiting = { count: createCounter(text), done };
        const seen = early;
        early = [];
        if (seen.some((chunk) => chunk.includes(text))) done();
      }),
  };
}
