import type { Link, LinkEvent } from "@tidings/core";
import { type MessagingError, toMessagingError } from "@tidings/core/errors";
import type { MemoryBackend } from "@tidings/core/memory";
import { closeCodeOf, type Head, type ServerFrame } from "@tidings/core/protocol";
import { scriptedBackend, type TransportBench, transportConformance } from "@tidings/core/testing";
import { describe, it } from "vitest";
import { WebSocket } from "ws";
import { webSocketTransport } from "../src/web-socket-transport.ts";
import { type Peer, type Script, scriptedServer } from "./scripted-server.ts";

/** The server's end of one socket, with a link of the backend in memory behind it. */
interface Behind {
  readonly link: Promise<Link>;
  /** Of the pong to come. */
  heads: readonly Head[];
}

/** Speaks the wire for a backend in memory, whose faults can be scripted to the word. */
function wireOf(memory: MemoryBackend, faults: { isGarbling: boolean }): Script {
  const behind = new WeakMap<Peer, Behind>();

  const end = (
    peer: Peer,
    { code, retryAfterMs }: { code: MessagingError["code"]; retryAfterMs?: number | undefined },
  ): void => {
    peer.send({ type: "closing", code, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    peer.socket.close(closeCodeOf(code));
  };
  const hear = (peer: Peer, events: readonly LinkEvent[]): void => {
    for (const event of events) {
      if (event.type === "closed") end(peer, event.reason);
      else if (event.type !== "heads") peer.send(event);
      else Object.assign(behind.get(peer) ?? {}, { heads: event.heads });
    }
  };
  /** Answers with what `work` comes to. */
  const answer = async (
    peer: Peer,
    id: number,
    work: (link: Link) => Promise<ServerFrame>,
  ): Promise<void> => {
    try {
      const link = await behind.get(peer)?.link;
      if (!link) return;
      const frame = await work(link);
      if (!faults.isGarbling) return peer.send(frame);
      faults.isGarbling = false;
      peer.socket.send("<html>502 Bad Gateway</html>");
    } catch (cause) {
      const { code, message, retryable, retryAfterMs } = toMessagingError(cause);
      if (code === "connection/lost") return;
      peer.send({
        type: "reject",
        id,
        code,
        message,
        retryable,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      });
    }
  };

  return {
    hello(peer, { token, clientId }) {
      const gone = new AbortController();
      const receive = (events: readonly LinkEvent[]): void => hear(peer, events);
      const link = memory.transport().open({ token, clientId, receive }, gone.signal);
      behind.set(peer, { link, heads: [] });
      link.catch((error: unknown) => end(peer, toMessagingError(error)));
      peer.socket.on("close", () => {
        gone.abort();
        link.then((open) => open.close()).catch(() => {});
      });
    },
    submit: (peer, { id, command }) =>
      void answer(peer, id, async (link) => ({ type: "ack", id, ack: await link.submit(command) })),
    query: (peer, { id, query }) =>
      void answer(peer, id, async (link) => ({ type: "result", id, result: await link.query(query) })),
    refresh: (peer, { id, token }) =>
      void answer(peer, id, async (link) => {
        const tokenExpiresInMs = await link.refresh?.(token);
        return { type: "refreshed", id, ...(tokenExpiresInMs !== undefined && { tokenExpiresInMs }) };
      }),
    ping: (peer, { n }) =>
      void answer(peer, -1, async (link) => {
        await link.ping();
        return { type: "pong", n, heads: behind.get(peer)?.heads ?? [] };
      }),
    signal: (peer, { signal }) => void behind.get(peer)?.link.then((link) => link.signal(signal)),
  };
}

async function bench(): Promise<TransportBench> {
  const scripted = await scriptedBackend();
  const onTheWay = { isGarbling: false };
  const server = await scriptedServer(wireOf(scripted.memory, onTheWay));
  return scripted.bench(webSocketTransport({ url: server.url, WebSocket }), {
    garbleNext: () => void (onTheWay.isGarbling = true),
    cut: () => server.peers.forEach(({ socket }) => socket.terminate()),
    close: () => server.close(),
  });
}

describe("webSocketTransport, with a scripted server", () => {
  transportConformance({
    ...{ describe, it, create: bench, report: () => {} },
    supports: {
      pipelining: true,
      signals: true,
      receipts: true,
      search: true,
      tokens: true,
      farewells: true,
      garbling: true,
    },
  });
});
