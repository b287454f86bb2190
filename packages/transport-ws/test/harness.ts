import type { Link, LinkEvent } from "@tidings/core";
import type { Command, SendMessage } from "@tidings/core/protocol";
import { seededRandom } from "@tidings/core/testing";
import { createFaultProxy, type FaultProxy } from "@tidings/server/testing";
import { expect, vi } from "vitest";
import { WebSocket } from "ws";
import { afterEvery } from "../../../scripts/testing/tidying.ts";
import { webSocketTransport, type WebSocketTransportOptions } from "../src/web-socket-transport.ts";
import { type Script, scriptedServer, type ScriptedServer } from "./scripted-server.ts";

export const TOKEN = "secret-token";

const undo: (() => Promise<void> | void)[] = [];
afterEvery("test", async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

/** Waits for what real sockets take a moment to do. */
export const until = <T>(holds: () => T): Promise<T> => vi.waitFor(holds, { interval: 2, timeout: 4_000 });

/** Lets everything under way on real sockets arrive, as far as one turn of the event loop goes. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export async function serve(script?: Script): Promise<ScriptedServer> {
  const server = await scriptedServer(script);
  undo.push(() => server.close());
  return server;
}

export async function serveBehindProxy(
  script?: Script,
): Promise<{ server: ScriptedServer; proxy: FaultProxy }> {
  const server = await serve(script);
  const proxy = await createFaultProxy({ target: { port: server.port } });
  undo.push(() => proxy.close());
  return { server, proxy };
}

export interface Dialled {
  readonly opened: Promise<Link>;
  /** All events, and the batches they came in. */
  readonly events: LinkEvent[];
  readonly batches: (readonly LinkEvent[])[];
  /** Sockets made by this transport. */
  readonly sockets: WebSocket[];
  readonly controller: AbortController;
}

export interface DialOptions extends Partial<WebSocketTransportOptions> {
  /** A token that nobody checks by default. */
  readonly token?: string;
  readonly onEvents?: (events: readonly LinkEvent[]) => void;
}

/** Opens a link and records what it tells. */
export function dial(url: string, { onEvents, token = TOKEN, ...options }: DialOptions = {}): Dialled {
  const sockets: WebSocket[] = [];
  class Recorded extends WebSocket {
    constructor(address: string) {
      super(address);
      sockets.push(this);
    }
  }
  const events: LinkEvent[] = [];
  const batches: (readonly LinkEvent[])[] = [];
  const controller = new AbortController();
  const receive = (batch: readonly LinkEvent[]): void => {
    events.push(...batch);
    batches.push(batch);
    onEvents?.(batch);
  };
  const transport = webSocketTransport({ url, WebSocket: Recorded, ...options });
  const opened = transport.open({ token, clientId: "c1", receive }, controller.signal);
  opened.catch(() => {});
  undo.push(() => sockets.forEach((socket) => socket.terminate()));
  return { opened, events, batches, sockets, controller };
}

const random = seededRandom(1);
let minted = 0;

/** A command nobody else has. */
export function say(text: string, conversationId = "general"): SendMessage {
  minted += 1;
  const tail = Array.from(random.fill(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
  const commandId = `${minted.toString(16).padStart(8, "0")}-0000-7000-8000-${tail}`;
  return { type: "message.send", commandId, conversationId, at: 0, kind: "text", content: { text } };
}

export function mark(conversationId = "general"): Command {
  return { type: "receipt.mark", commandId: say("").commandId, conversationId, at: 0, readSeq: 1 };
}

/** What a promise has come to: its value, or the code it rejected with. */
export function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => (error instanceof Error && "code" in error ? error.code : error));
}

/** Why the link ended, once it has. */
export function closedReason({ events }: Pick<Dialled, "events">): Promise<unknown> {
  return until(() => {
    const last = events.at(-1);
    expect(last?.type).toBe("closed");
    return last?.type === "closed" ? last.reason : undefined;
  });
}

/** Nobody listens to the sockets any more, but for the errors that `ws` would otherwise throw. */
export function expectDetached(sockets: readonly WebSocket[]): void {
  for (const socket of sockets) {
    const left = ["open", "message", "close", "error"].map((name) => socket.listenerCount(name));
    expect(left).toEqual([0, 0, 0, 1]);
  }
}
