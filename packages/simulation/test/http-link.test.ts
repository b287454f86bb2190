import { createClient } from "@tidings/core";
import { seededRandom } from "@tidings/core/testing";
import { type Direction, hasNginx, type NginxPlace, startNginx } from "@tidings/server/testing";
import { webSocketTransport } from "@tidings/transport-ws";
import { httpFallback } from "@tidings/transport-ws/http";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import {
  type Backend,
  directTransport,
  type InProcessBackend,
  startBackend,
  type Way,
} from "../src/backend.ts";
import { anyOf, isLikely, pick } from "../src/chance.ts";
import { withLink } from "../src/history.ts";
import { startServerProcess } from "../src/server-process.ts";
import { disturb, calmDown } from "../src/storm.ts";
import { textOf, textsOf } from "../src/texts.ts";
import { nginxFiles } from "../src/topology/shipped.ts";
import { sleep, until } from "../src/until.ts";
import { createWorld, type World } from "../src/world.ts";

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

/** Over HTTP alone, to a port. */
function overHttp(port: number): Way {
  return {
    port,
    transport(proxied, Socket) {
      const fallback = httpFallback({ mostFailures: 0, probeMs: Infinity });
      return webSocketTransport({ url: `ws://127.0.0.1:${proxied}`, WebSocket: Socket, fallback });
    },
  };
}

async function worldOver(backend: Backend): Promise<World> {
  const world = await createWorld({ backend: { ...backend, way: overHttp(backend.port) } });
  undo.push(() => world.close());
  return world;
}

/** nginx as it comes: it buffers what passes, and knows nothing of WebSockets. */
const stock = ({ port, folder }: NginxPlace, node: number): string =>
  [
    `pid ${folder}/pid;`,
    "events {}",
    "http {",
    ...["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    ),
    "access_log off;",
    `server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${node}; } }`,
    "}",
  ].join("\n");

async function throughNginx(
  configure: (place: NginxPlace) => Readonly<Record<string, string>>,
): Promise<string> {
  const nginx = await startNginx({ configure });
  undo.push(() => nginx.close());
  return `ws://127.0.0.1:${nginx.port}`;
}

async function backends(count: number): Promise<readonly InProcessBackend[]> {
  const started = await Promise.all(Array.from({ length: count }, () => startBackend()));
  undo.push(() => Promise.all(started.map((each) => each.close())).then(() => {}));
  return started;
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `message ${index}`);
const saying = {
  type: "message.send",
  commandId: "01900000-0000-7000-8000-00000000b0b0",
  at: 0,
  kind: "text",
} as const;
const directions: readonly Direction[] = ["up", "down"];

describe("over HTTP", { timeout: 60_000 }, () => {
  it("[D1, D2, D3, D7] rapid messages while connections drop, mostly in mid-answer: each once, in order, for all", async () => {
    const random = seededRandom(1);
    const world = await worldOver(await startBackend());
    const ada = world.member(0);
    const texts = numbered(200);
    for (const [index, text] of texts.entries()) {
      await ada.room.send(text);
      if (index % 20 !== 0) continue;
      for (const { proxy } of world.members) {
        if (isLikely(random, 0.3)) proxy.reset();
        else proxy.cutAfter(1 + anyOf(random, 3_000), pick(random, directions) ?? "up");
      }
      await sleep(10);
    }
    for (const { proxy } of world.members) proxy.heal();
    expect(await world.verify()).toEqual([]);
    expect((await world.history()).messages.map(textOf)).toEqual(texts);
    for (const { room } of world.members) expect(textsOf(room)).toEqual(texts);
  });

  it("[D1, D2] a server killed between commit and ack: the message is there once, its sender learns of it", async () => {
    const server = await startServerProcess();
    const world = await worldOver(server);
    const [ada, bob] = [world.member(0), world.member(1)];
    ada.proxy.set({ blackHole: true }, "down");
    const message = await ada.room.send("committed");
    await until("bob has what ada has no ack for", () => textsOf(bob.room).includes("committed"));
    await server.kill();
    ada.proxy.cut();
    ada.proxy.heal();
    await server.restart();
    await message.settled();
    expect(await world.verify()).toEqual([]);
    expect((await world.history()).messages.map(({ id }) => id)).toEqual([message.id]);
  });

  it("[D2, D3, D4] frames and bytes lost, late, doubled and torn: everybody has everything in the end", async () => {
    const random = seededRandom(2);
    const world = await worldOver(await startBackend());
    for (let round = 0; round < 40; round += 1) {
      disturb(world.members, random);
      const { room } = pick(random, world.members) ?? world.member(0);
      await room.send(`round ${round}`);
      await sleep(15);
    }
    await calmDown(world);
    expect(await world.verify()).toEqual([]);
    const texts = (await world.history()).messages.map(textOf);
    expect(texts.toSorted()).toEqual(Array.from({ length: 40 }, (_, round) => `round ${round}`).toSorted());
  });
});

describe.skipIf(!hasNginx())("behind nginx", { timeout: 60_000 }, () => {
  it("gets through where that knows no WebSockets and buffers all, by itself, and both ways", async () => {
    const [backend] = await backends(1);
    if (!backend) throw new Error("there should be a backend");
    const url = await throughNginx((place) => ({ "nginx.conf": stock(place, backend.port) }));
    const fallback = httpFallback();
    const client = createClient({
      transport: webSocketTransport({ url, WebSocket, fallback }),
      auth: () => backend.token("ada"),
      backoff: { baseMs: 2, maxMs: 10 },
      logger: () => {},
    });
    undo.push(() => client.close());
    await client.connect();
    expect(fallback.way.get()).toBe("http");
    const room = await client.createConversation({ kind: "group", participants: [{ userId: "bob" }] });
    await (await room.send("up")).settled();
    const id = room.id;
    await withLink(directTransport(backend), await backend.token("bob"), (link) =>
      link.submit({ ...saying, conversationId: id, content: { text: "down" } }),
    );
    await until("ada hears bob", () => textsOf(room).includes("down"));
  });

  it("keeps each link on one of two nodes, as it is deployed", async () => {
    const nodes = await backends(2);
    const [one, two] = nodes.map(({ port }) => port);
    const url = await throughNginx((place) => nginxFiles(place, [one ?? 0, two ?? 0]));
    const fallback = httpFallback({ mostFailures: 0, probeMs: Infinity });
    const transport = webSocketTransport({ url, WebSocket, fallback });
    const links = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const request = { token: await nodes[0]?.token("ada"), clientId: "c1", receive: () => {} };
        return transport.open(request, new AbortController().signal);
      }),
    );
    for (const link of links) for (let count = 0; count < 5; count += 1) await link.ping();
    const counts = nodes.map(({ server }) => server.connections);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(8);
    for (const link of links) link.close();
  });
});
