import { randomUUID } from "node:crypto";
import type { Transport } from "@tidings/core";
import type { TransportBench } from "@tidings/core/testing";
import { createServer } from "@tidings/server";
import { openLibsqlStore, type Store } from "@tidings/server/store";
import { createFaultProxy } from "@tidings/server/testing";
import { WebSocket } from "ws";
import { webSocketTransport } from "../src/web-socket-transport.ts";
import { mark, say } from "./harness.ts";

const conversationId = "general";

/** A store that fails when told to. */
function failing(store: Store): Store & { failNext(): void } {
  let isFailing = false;
  return {
    epoch: store.epoch,
    failNext: () => void (isFailing = true),
    commit(items, admit) {
      if (!isFailing) return store.commit(items, admit);
      isFailing = false;
      return Promise.reject(new Error("the disk is on fire"));
    },
    query: (...given) => store.query(...given),
    memberships: (userId) => store.memberships(userId),
    wasIn: (...given) => store.wasIn(...given),
    forgetAnswers: (before) => store.forgetAnswers(before),
    close: () => store.close(),
  };
}

/** What stands before a server. */
export interface Front {
  readonly port: number;
  /** @param url - of the network before it. */
  transport(url: string): Transport;
  close(): Promise<void>;
}

export interface ServerBenchOptions {
  /** Puts something between the network and the server at that address. */
  readonly frontOf?: (url: string) => Promise<Front>;
  /** How that is reached, if not by a WebSocket to `url`, the network. */
  readonly transportOf?: (url: string) => Transport;
  /** Links of this kind outlive a connection that breaks: to break one the network has to stay away. */
  readonly isResilient?: boolean;
}

/** The real server behind a network that can be stopped and broken. Bob is connected around it. */
export async function serverBench({
  frontOf,
  transportOf = (url) => webSocketTransport({ url, WebSocket }),
  isResilient = false,
}: ServerBenchOptions = {}): Promise<TransportBench> {
  const store = failing(openLibsqlStore());
  const secret = randomUUID();
  const rates = [{ name: "minute", scope: "user", tokens: 10_000, perMs: 60_000, burst: 10_000 }] as const;
  const server = await createServer({ port: 0, store, secret, policy: { rates } });
  const front = await frontOf?.(server.url);
  const proxy = await createFaultProxy({ target: { port: front?.port ?? server.port } });
  const other = await createServer({ port: 0 });
  const [forged] = await Promise.all([other.issueToken("ada"), other.close()]);
  const bob = await webSocketTransport({ url: server.url, WebSocket }).open(
    { token: await server.issueToken("bob"), clientId: "bob", receive: () => {} },
    new AbortController().signal,
  );
  return {
    transport: front?.transport(proxy.url) ?? transportOf(proxy.url),
    conversationId,
    token: await server.issueToken("ada"),
    badTokens: {
      "auth/invalid": forged,
      "auth/expired": await server.issueToken("ada", { expiresInMs: -60_000 }),
    },
    backend: {
      say: (text) => bob.submit(say(text)),
      type: () => bob.signal({ type: "typing", conversationId, active: true }),
      read: () => bob.submit(mark()),
      links: () => server.connections - 1,
      hold: () => proxy.set({ blackHole: true }, "down"),
      release: () => proxy.heal(),
      refuseNext() {
        store.failNext();
        return { code: "server/unavailable", retryAfterMs: 1_000 };
      },
      cut() {
        proxy.refuse(isResilient);
        proxy.reset();
      },
      async close() {
        bob.close();
        // Links over HTTP are told of the end; without a network nobody knows of theirs before long.
        if (isResilient) await server.close();
        await proxy.close();
        await front?.close();
        await server.close();
      },
    },
  };
}
