import { entryOf } from "@tidings/core/errors";
import { closeCodes } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import {
  closedReason,
  dial,
  expectDetached,
  outcome,
  say,
  serve,
  serveBehindProxy,
  turn,
  until,
} from "./harness.ts";
import { ackOf, golden, type Peer, type Script, type ScriptedServer, welcome } from "./scripted-server.ts";

const unanswered: Script = { submit: () => {}, query: () => {}, refresh: () => {}, ping: () => {} };

async function openBehindProxy(script?: Script) {
  const { server, proxy } = await serveBehindProxy(script);
  const dialled = dial(proxy.url);
  const link = await dialled.opened;
  return { ...dialled, link, proxy, peer: peerOf(server) };
}

async function open(script?: Script) {
  const server = await serve(script);
  const dialled = dial(server.url);
  const link = await dialled.opened;
  return { ...dialled, link, peer: peerOf(server) };
}

function peerOf({ peers: [peer] }: ScriptedServer): Peer {
  if (peer === undefined) throw new Error("nobody connected");
  return peer;
}

describe("the end of a link", () => {
  // 1005 and below cannot be sent; the codes of other protocols mean nothing here.
  const sendable = Object.keys(closeCodes).map(Number);

  it.each([...sendable, 1000, 1002, 1008, 4999])(
    "by close code %s is told as the code it stands for",
    async (number) => {
      const { peer, ...dialled } = await open();
      peer.socket.close(number);
      const code = closeCodes[number] ?? "connection/lost";
      expect(await closedReason(dialled)).toMatchObject({ code, retryable: entryOf(code).retryable });
    },
  );

  it("by a socket that just ends is a loss to come back from", async () => {
    const { peer, ...dialled } = await open();
    peer.socket.terminate();
    expect(await closedReason(dialled)).toEqual({
      code: "connection/lost",
      retryable: true,
      message: "unable to reach the server; closed with 1006",
    });
  });

  it("is told as the closing frame said, with its delay", async () => {
    const { peer, ...dialled } = await open();
    peer.send(golden("change.message.send"), { type: "closing", code: "server/draining", retryAfterMs: 400 });
    peer.socket.close(4401);
    expect(await closedReason(dialled)).toMatchObject({
      code: "server/draining",
      retryable: true,
      retryAfterMs: 400,
    });
    expect(dialled.events.map(({ type }) => type)).toEqual(["welcome", "change", "closed"]);
  });

  it("is told once and last, and afterwards the link does nothing", async () => {
    const { link, peer, ...dialled } = await open();
    peer.send(golden("change.message.send"));
    peer.socket.close(4503);
    await closedReason(dialled);
    const told = [...dialled.events];
    link.close();
    link.signal({ type: "typing", conversationId: "general", active: true });
    const late = [
      link.submit(say("x")),
      link.query({ type: "conversations", limit: 1 }),
      link.ping(),
      link.refresh?.("t"),
    ];
    expect(await Promise.all(late.map((each) => outcome(each ?? Promise.resolve())))).toEqual(
      late.map(() => "connection/lost"),
    );
    await turn();
    expect(dialled.events).toEqual(told);
    expectDetached(dialled.sockets);
  });

  it("rejects all that waits with connection/lost", async () => {
    const { link, peer, ...dialled } = await open(unanswered);
    const waiting = [
      link.submit(say("x")),
      link.query({ type: "conversations", limit: 1 }),
      link.ping(),
      link.refresh?.("t"),
    ];
    const outcomes = waiting.map((each) => outcome(each ?? Promise.resolve()));
    await until(() => expect(peer.frames.length).toBe(5));
    peer.socket.close(4429);
    expect(await Promise.all(outcomes)).toEqual(waiting.map(() => "connection/lost"));
    await expect(waiting[0]).rejects.toMatchObject({ retryable: true, cause: { code: "protocol/busy" } });
    expect(await closedReason(dialled)).toMatchObject({ code: "protocol/busy" });
  });

  it("by close() sends what was said, says goodbye, and tells closed before it returns", async () => {
    const { link, peer, events, sockets } = await open(unanswered);
    const last = outcome(link.submit(say("last words")));
    link.signal({ type: "presence", status: "offline" });
    link.close();
    expect(events.at(-1)).toMatchObject({
      type: "closed",
      reason: { code: "connection/lost", retryable: true },
    });
    expect(await last).toBe("connection/lost");
    await until(() => expect(peer.closedWith).toBe(1000));
    expect(peer.frames.map(({ type }) => type)).toEqual(["hello", "submit", "signal"]);
    expectDetached(sockets);
  });

  it("by close() while the welcome is delivered still gives a link, which is closed", async () => {
    const server = await serve();
    const dialled = dial(server.url, { onEvents: () => dialled.sockets[0]?.close() });
    const link = await dialled.opened;
    await closedReason(dialled);
    expect(await outcome(link.ping())).toBe("connection/lost");
  });

  it("by a listener that throws asks for a new link, which will repair what was missed", async () => {
    let isBroken = false;
    const server = await serve();
    const dialled = dial(server.url, {
      onEvents() {
        if (isBroken) throw new Error("a defect of the app");
      },
    });
    await dialled.opened;
    isBroken = true;
    peerOf(server).send(golden("change.message.send"));
    expect(await closedReason(dialled)).toMatchObject({ code: "client/unknown", retryable: true });
    await until(() => expect(peerOf(server).closedWith).toBe(4500));
  });
});

describe("a WebSocket that throws", () => {
  it("does so unheard: its end is what counts", async () => {
    let isBroken = false;
    const fail = (): void => {
      if (isBroken) throw new Error("InvalidStateError");
    };
    class Throwing extends WebSocket {
      override send(data: string): void {
        fail();
        super.send(data);
      }
      override close(code?: number): void {
        fail();
        super.close(code);
      }
    }
    const server = await serve();
    const dialled = dial(server.url, { WebSocket: Throwing });
    const link = await dialled.opened;
    isBroken = true;
    const submit = outcome(link.submit(say("x")));
    await turn();
    link.close();
    expect(await submit).toBe("connection/lost");
    expect(dialled.events.map(({ type }) => type)).toEqual(["welcome", "closed"]);
  });
});

describe("a bad network", () => {
  it("delays everything and loses nothing", async () => {
    const { link, proxy } = await openBehindProxy();
    proxy.set({ latencyMs: 10, jitterMs: 30 });
    const commands = Array.from({ length: 50 }, (_, index) => say(String(index)));
    const acks = await Promise.all(commands.map((command) => link.submit(command)));
    expect(acks.map(({ commandId }) => commandId)).toEqual(commands.map(({ commandId }) => commandId));
  });

  it("that resets the connection is a loss", async () => {
    const { proxy, ...dialled } = await openBehindProxy();
    proxy.reset();
    expect(await closedReason(dialled)).toEqual({
      code: "connection/lost",
      retryable: true,
      message: "unable to reach the server; closed with 1006",
    });
  });

  it("that cuts in mid-frame delivers nothing of that frame", async () => {
    const { proxy, peer, ...dialled } = await openBehindProxy();
    peer.send(golden("receipt"));
    await until(() => expect(dialled.events.length).toBe(2));
    proxy.cutAfter(40, "down");
    peer.send(golden("change.message.send"));
    expect(await closedReason(dialled)).toMatchObject({ code: "connection/lost" });
    expect(dialled.events.map(({ type }) => type)).toEqual(["welcome", "receipt", "closed"]);
  });

  it("that says goodbye in one direction only is a loss", async () => {
    const { proxy, ...dialled } = await openBehindProxy();
    proxy.halfClose("down");
    expect(await closedReason(dialled)).toMatchObject({ code: "connection/lost" });
  });

  it("that is a black hole tells nothing: the link stays open until its owner gives it up", async () => {
    const { link, proxy, ...dialled } = await openBehindProxy();
    proxy.set({ blackHole: true });
    const before = proxy.traffic("up").accepted;
    const ping = outcome(link.ping());
    await until(() => expect(proxy.traffic("up").accepted).toBeGreaterThan(before));
    await turn();
    expect(dialled.events.map(({ type }) => type)).toEqual(["welcome"]);
    link.close();
    expect(await ping).toBe("connection/lost");
    expect(dialled.events.map(({ type }) => type)).toEqual(["welcome", "closed"]);
    expectDetached(dialled.sockets);
  });

  it("that was a black hole for a while delivers late", async () => {
    const { link, proxy } = await openBehindProxy();
    proxy.set({ blackHole: true }, "down");
    const ping = link.ping();
    await until(() =>
      expect(proxy.traffic("down").accepted).toBeGreaterThan(proxy.traffic("down").delivered),
    );
    proxy.heal();
    await ping;
  });

  it("that resets with 1,000 submits under way rejects each once, and nothing remains", async () => {
    const received: unknown[] = [];
    const { server, proxy } = await serveBehindProxy({
      hello: (peer) => peer.send(welcome({ inFlight: 1_000 })),
      submit: (_, frame) => received.push(frame.id),
    });
    const dialled = dial(proxy.url);
    const link = await dialled.opened;
    const settled: unknown[] = [];
    const submits = Array.from({ length: 1_000 }, (_, index) =>
      link.submit(say(String(index), `c${index % 7}`)).then(
        () => settled.push("acked"),
        (error: { code: string }) => settled.push(error.code),
      ),
    );
    await until(() => expect(received.length).toBeGreaterThan(400));
    proxy.reset();
    await Promise.all(submits);
    expect(settled).toEqual(Array.from({ length: 1_000 }, () => "connection/lost"));
    await closedReason(dialled);
    expect(dialled.events.filter(({ type }) => type === "closed").length).toBe(1);
    expectDetached(dialled.sockets);
    await until(() => expect(dialled.sockets.map(({ readyState }) => readyState)).toEqual([3]));
    await server.close();
    await proxy.close();
    await until(() => expect(openSockets()).toEqual([]));
  });

  it("[D2] that loses the ack leaves the command to be submitted again on the next link", async () => {
    const effects = new Set<string>();
    const { proxy } = await serveBehindProxy({
      submit(peer, frame) {
        effects.add(frame.command.commandId);
        peer.send(ackOf(frame));
      },
    });
    const command = say("once");
    const first = await dial(proxy.url).opened;
    proxy.cutAfter(1, "down");
    expect(await outcome(first.submit(command))).toBe("connection/lost");
    expect([...effects]).toEqual([command.commandId]);
    const second = await dial(proxy.url).opened;
    expect(await outcome(second.submit(command))).toMatchObject({ commandId: command.commandId });
    expect(effects.size).toBe(1);
  });
});

/** TCP sockets and servers of this process. That no timer remains is shown by the tests on a virtual clock. */
function openSockets(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => kind.startsWith("TCP"));
}
