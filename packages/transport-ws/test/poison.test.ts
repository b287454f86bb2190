import { createClient, memoryStorage } from "@tidings/core";
import type { SubmitFrame } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { webSocketTransport } from "../src/web-socket-transport.ts";
import { serve, until } from "./harness.ts";
import { ackOf, type Peer } from "./scripted-server.ts";

const textOf = ({ command }: SubmitFrame): string =>
  command.type === "message.send" && "text" in command.content ? command.content.text : "";

describe("a client whose own frame makes something on the way end the link", () => {
  it.each([
    [1009, "protocol/too-large"],
    [4413, "protocol/too-large"],
    [4400, "protocol/malformed"],
  ])("[D7, D9, O11] with %i parks that command as %s, and delivers all others", async (closeCode, code) => {
    const taken: string[] = [];
    const submit = (peer: Peer, frame: SubmitFrame): void => {
      if (peer.socket.readyState !== WebSocket.OPEN) return;
      if (textOf(frame).startsWith("poison")) return peer.socket.close(closeCode);
      taken.push(textOf(frame));
      peer.send(ackOf(frame));
    };
    const server = await serve({ submit });
    const client = createClient({
      transport: webSocketTransport({ url: server.url, WebSocket }),
      storage: memoryStorage(),
      backoff: { baseMs: 2, maxMs: 10 },
    });
    const texts = ["one", "two", "poison", "three", "four"];
    for (const text of texts) await client.conversation("a").send(text);
    await client.conversation("b").send("elsewhere");
    await client.connect();
    await until(() => expect(client.outbox.get().waiting).toBe(0));
    expect(taken.filter((text) => text !== "elsewhere")).toEqual(["one", "two", "three", "four"]);
    expect(taken).toHaveLength(5);
    const left = client.outbox.get().entries.map(({ status, error }) => [status, error?.code]);
    expect(left).toEqual([["failed", code]]);
    expect(server.peers.length).toBeLessThanOrEqual(4);
    await client.close();
  });
});
