import { once } from "node:events";
import { readFileSync } from "node:fs";
import {
  type ClientFrame,
  closeCodeOf,
  defaultPolicy,
  type HelloFrame,
  type Limits,
  parseClientFrames,
  parseServerFrames,
  type PingFrame,
  type QueryFrame,
  type RefreshFrame,
  type ServerFrame,
  type SignalFrame,
  type SubmitFrame,
  type WelcomeFrame,
} from "@tidings/core/protocol";
import { type WebSocket, WebSocketServer } from "ws";

/** What the server does at each frame; without a line of script it behaves. */
export interface Script {
  hello?(peer: Peer, frame: HelloFrame): void;
  submit?(peer: Peer, frame: SubmitFrame): void;
  query?(peer: Peer, frame: QueryFrame): void;
  refresh?(peer: Peer, frame: RefreshFrame): void;
  ping?(peer: Peer, frame: PingFrame): void;
  signal?(peer: Peer, frame: SignalFrame): void;
}

/** The server's end of one socket, with all it has heard. */
export interface Peer {
  readonly socket: WebSocket;
  /** WebSocket messages as they came. */
  readonly messages: string[];
  readonly frames: ClientFrame[];
  /** Sends the frames in one WebSocket message. */
  send(...frames: readonly ServerFrame[]): void;
  /** With which code the client closed. */
  closedWith: number | undefined;
}

export interface ScriptedServer {
  readonly port: number;
  readonly url: string;
  readonly peers: readonly Peer[];
  close(): Promise<void>;
}

/** A real WebSocket server on a free port that speaks the protocol as far as its script says. */
export async function scriptedServer(script: Script = {}): Promise<ScriptedServer> {
  const peers: Peer[] = [];
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => {
    const peer: Peer = {
      socket,
      messages: [],
      frames: [],
      closedWith: undefined,
      send: (...frames) => socket.send(JSON.stringify(frames.length === 1 ? frames[0] : frames)),
    };
    peers.push(peer);
    const behaviour = { ...wellBehaved(), ...script };
    socket.on("error", () => {});
    socket.on("close", (code) => (peer.closedWith = code));
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      peer.messages.push(text);
      const parsed = parseClientFrames(text);
      if (!parsed.ok) return socket.close(closeCodeOf("protocol/malformed"), parsed.error.message);
      for (const frame of parsed.frames) {
        if (frame.type === "malformed")
          return socket.close(closeCodeOf("protocol/malformed"), frame.error.message);
        peer.frames.push(frame);
        play(behaviour, peer, frame);
      }
    });
  });
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    url: `ws://127.0.0.1:${port}`,
    peers,
    async close() {
      for (const { socket } of peers) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function play(script: Script, peer: Peer, frame: ClientFrame): void {
  switch (frame.type) {
    case "hello":
      return script.hello?.(peer, frame);
    case "submit":
      return script.submit?.(peer, frame);
    case "query":
      return script.query?.(peer, frame);
    case "refresh":
      return script.refresh?.(peer, frame);
    case "ping":
      return script.ping?.(peer, frame);
    case "signal":
      return script.signal?.(peer, frame);
  }
}

function wellBehaved(): Script {
  const lanes = new Map<string, number>();
  return {
    hello: (peer) => peer.send(welcome()),
    submit(peer, { id, lane, command }) {
      const expected = lanes.get(command.conversationId) ?? 1;
      if (lane !== undefined && lane !== expected) {
        return peer.send({ type: "reject", id, code: "command/out-of-order", retryable: true, expected });
      }
      if (lane !== undefined) lanes.set(command.conversationId, expected + 1);
      peer.send(ackOf({ id, command }));
    },
    query: (peer, { id, query }) => peer.send({ type: "result", id, result: goldenResult(query.type) }),
    refresh: (peer, { id }) => peer.send({ type: "refreshed", id, tokenExpiresInMs: 60_000 }),
    ping: (peer, { n }) => peer.send({ type: "pong", n, heads: [] }),
  };
}

export function welcome(limits: Partial<Limits> = {}): WelcomeFrame {
  const policy = { ...defaultPolicy, limits: { ...defaultPolicy.limits, ...limits } };
  return { type: "welcome", welcome: { userId: "ada", epoch: "e1", policy, heads: [], at: 0 } };
}

export function ackOf({ id, command }: Pick<SubmitFrame, "id" | "command">): ServerFrame {
  return { type: "ack", id, ack: { commandId: command.commandId, changes: [] } };
}

/** A frame of those the tests of both sides share. */
export function golden(name: string): ServerFrame {
  const file = new URL(`../../core/test/frames/server/${name}.json`, import.meta.url);
  const parsed = parseServerFrames(readFileSync(file, "utf8"));
  const frame = parsed.ok ? parsed.frames[0] : undefined;
  if (frame === undefined) throw new Error(`unable to read ${name}`);
  return frame;
}

function goldenResult(type: string): unknown {
  const frame = golden(`result.${type}`);
  return frame.type === "result" ? frame.result : undefined;
}
