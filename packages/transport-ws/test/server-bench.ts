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

/**
 * The real server behind a network that can be stopped and broken. Bob is connected around it.
 *
 * @param frontOf - puts something between the network and the server at that address.
 */
export async function serverBench(frontOf?: (url: string) => Promise<Front>): Promise<TransportBench> {
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
    transport: front?.transport(proxy.url) ?? webSocketTransport({ url: proxy.url, WebSocket }),
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
      cut: () => proxy.reset(),
      async close() {
        bob.close();
        await proxy.close();
        await front?.close();
        await server.close();
      },
    },
  };
}
