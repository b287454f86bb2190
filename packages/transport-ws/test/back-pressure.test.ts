import type { Link } from "@tidings/core";
import type { SubmitFrame } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { dial, outcome, say, serve, serveBehindProxy, turn, until } from "./harness.ts";
import { ackOf, type Peer, type ScriptedServer, welcome } from "./scripted-server.ts";

function peerOf({ peers: [peer] }: ScriptedServer): Peer {
  if (peer === undefined) throw new Error("nobody connected");
  return peer;
}

/** A server that keeps submits until told to answer. */
async function openPatient(inFlight: number, options: Parameters<typeof dial>[1] = {}) {
  const kept: SubmitFrame[] = [];
  const server = await serve({
    hello: (peer) => peer.send(welcome({ inFlight })),
    submit: (_, frame) => void kept.push(frame),
  });
  const link = await dial(server.url, options).opened;
  const peer = peerOf(server);
  const answer = (): void => peer.send(...kept.splice(0, 1).map(ackOf));
  return { link, peer, kept, answer };
}

const texts = (frames: readonly SubmitFrame[]) =>
  frames.map(({ command }) =>
    command.type === "message.send" && "text" in command.content ? command.content.text : "",
  );

function sayAll(link: Link, count: number): Promise<unknown>[] {
  return Array.from({ length: count }, (_, index) => outcome(link.submit(say(String(index)))));
}

describe("requests that the server has no room for", () => {
  it("[M8] wait in order, and each answer lets the next go", async () => {
    const { link, kept, answer } = await openPatient(4);
    const results = sayAll(link, 10);
    await until(() => expect(texts(kept)).toEqual(["0", "1", "2"])); // one of the four is kept free for a refresh
    await turn();
    const seen = new Set(texts(kept));
    for (let index = 0; index < 10; index += 1) {
      await until(() => expect(kept.length).toBe(Math.min(3, 10 - index)));
      texts(kept).forEach((text) => seen.add(text));
      answer();
    }
    expect([...seen]).toEqual(Array.from({ length: 10 }, (_, index) => String(index)));
    expect((await Promise.all(results)).every((result) => typeof result === "object")).toBe(true);
  });

  it("go one at a time where it takes one", async () => {
    const { link, kept, answer } = await openPatient(1);
    const results = sayAll(link, 3);
    for (const text of ["0", "1", "2"]) {
      await until(() => expect(texts(kept)).toEqual([text]));
      answer();
    }
    await Promise.all(results);
  });

  it("[M8] let a refresh pass", async () => {
    const { link } = await openPatient(2);
    void sayAll(link, 5);
    expect(await link.refresh?.("new")).toBe(60_000);
  });

  it("[D9, M8] are refused with protocol/busy, for now, when too many wait", async () => {
    const { link, kept } = await openPatient(3, { maxWaiting: 4 });
    const results = sayAll(link, 8);
    expect(await Promise.all(results.slice(6))).toEqual(["protocol/busy", "protocol/busy"]);
    await expect(link.query({ type: "conversations", limit: 1 })).rejects.toMatchObject({ retryable: true });
    await until(() => expect(texts(kept)).toEqual(["0", "1"]));
  });

  it("[D7] keep their order when one is refused with protocol/busy and one behind it is not", async () => {
    const taken: string[] = [];
    let expected = 1;
    const kept: SubmitFrame[] = [];
    const server = await serve({
      hello: (peer) => peer.send(welcome({ inFlight: 2 })),
      submit: (_, frame) => void kept.push(frame),
    });
    const link = await dial(server.url, { maxWaiting: 1 }).opened;
    const answer = async (): Promise<void> => {
      const [frame] = await until(() => {
        expect(kept.length).toBe(1);
        return kept.splice(0);
      });
      if (frame === undefined) return;
      const { id, lane, command } = frame;
      if (lane === expected) {
        expected += 1;
        taken.push(...texts([frame]));
        peerOf(server).send(ackOf({ id, command }));
      } else
        peerOf(server).send({ type: "reject", id, code: "command/out-of-order", retryable: true, expected });
    };
    const [one, two, three, four] = [say("1"), say("2"), say("3"), say("4")];
    const first = [link.submit(one), link.submit(two)];
    const third = outcome(link.submit(three));
    expect(await third).toBe("protocol/busy");
    await answer();
    await first[0];
    const fourth = outcome(link.submit(four)); // by somebody who has not heard of the third yet
    await answer();
    await answer();
    expect(await fourth).toBe("command/out-of-order");
    const again = [link.submit(three), link.submit(four)];
    await answer();
    await answer();
    await Promise.all(again);
    expect(taken).toEqual(["1", "2", "3", "4"]);
  });

  it("are never more than a thousand, whatever the server allows", async () => {
    const { link, kept } = await openPatient(1_000_000, { maxBufferedBytes: Infinity, maxWaiting: 10 });
    const results = sayAll(link, 1_010);
    expect(await results[1_009]).toBe("protocol/busy");
    await until(() => expect(kept.length).toBe(999));
  });
});

describe("a network that takes nothing", () => {
  async function openStalled() {
    const { server, proxy } = await serveBehindProxy();
    const dialled = dial(proxy.url, { maxBufferedBytes: 10_000 });
    const link = await dialled.opened;
    proxy.set({ blackHole: true }, "up");
    const socket = dialled.sockets[0];
    /** Sends until the proxy's and the kernel's buffers are full and bytes stay in the socket. */
    const results: Promise<unknown>[] = [];
    await until(() => {
      for (let n = 0; n < 20; n += 1) results.push(outcome(link.submit(say("x".repeat(50_000)))));
      expect(socket?.bufferedAmount).toBeGreaterThan(10_000);
    });
    return { ...dialled, link, proxy, server, results, socket };
  }

  it("[M9] gets no more requests than it takes; they go on, in order, once it does", async () => {
    const { link, proxy, server, socket, results } = await openStalled();
    const before = socket?.bufferedAmount;
    const late = sayAll(link, 20);
    await turn();
    expect(socket?.bufferedAmount).toBe(before);
    proxy.heal();
    await Promise.all([...results, ...late]);
    const said = peerOf(server).frames.filter((frame) => frame.type === "submit");
    expect(texts(said).slice(-20)).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
    expect(said.map(({ lane }) => lane)).toEqual(said.map((_, index) => index + 1));
  });

  it("[M9] gets no typing, but the newest watch and presence in the end", async () => {
    const { link, proxy, server } = await openStalled();
    link.signal({ type: "typing", conversationId: "general", active: true });
    link.signal({ type: "watch", conversationIds: ["old"] });
    link.signal({ type: "presence", status: "away" });
    link.signal({ type: "watch", conversationIds: ["new"] });
    await turn();
    proxy.heal();
    const signals = () =>
      peerOf(server).frames.flatMap((frame) => (frame.type === "signal" ? [frame.signal] : []));
    await until(() => expect(signals().length).toBe(2));
    await link.ping();
    expect(signals()).toEqual([
      { type: "presence", status: "away" },
      { type: "watch", conversationIds: ["new"] },
    ]);
  });
});
