import { type Client, createClient } from "@tidings/core";
import type { Store } from "@tidings/server/store";
import { webSocketTransport } from "@tidings/transport-ws";
import { afterEach, describe, expect, it } from "vitest";
import { directTransport, startBackend } from "../src/backend.ts";
import { flakyStore } from "../src/flaky-store.ts";
import { createFrameTap } from "../src/frame-tap.ts";
import { withLink } from "../src/history.ts";
import { sleep, until } from "../src/until.ts";

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

const ids = Array.from({ length: 50 }, (_, index) => `room-${index}`);

/** Ada and Bob at a real server, in fifty conversations; what Ada's client says is counted. */
async function setUp(wrapStore?: (store: Store) => Store) {
  const backend = await startBackend({
    policy: { typing: { everyMs: 200, expiresMs: 600 } },
    ...(wrapStore && { wrapStore }),
  });
  undo.push(() => backend.close());
  await withLink(directTransport(backend), await backend.token("ada"), async (link) => {
    for (const [index, conversationId] of ids.entries()) {
      const commandId = `01900000-0000-7000-8000-${String(index).padStart(12, "0")}`;
      const participants = [{ userId: "bob" }];
      await link.submit({
        ...{ type: "conversation.create", kind: "group", commandId, conversationId, at: 0, participants },
      });
    }
  });
  const tap = createFrameTap();
  const join = async (userId: string, WebSocket = tap.WebSocket): Promise<Client> => {
    const transport = webSocketTransport({ url: `ws://127.0.0.1:${backend.port}`, WebSocket });
    const client = createClient({ transport, auth: () => backend.token(userId), userId, logger: () => {} });
    undo.push(() => client.close());
    await client.connect();
    await until("a list", () => client.listed.get());
    return client;
  };
  const bob = await join("bob", createFrameTap().WebSocket);
  return { backend, bob, tap, ada: await join("ada") };
}

/** Apart from signs of life, which come by the clock. */
const typesOf = (frames: readonly string[]): unknown[] =>
  frames.map((frame) => JSON.parse(frame).type).filter((type) => type !== "ping");

describe("a list of conversations that shows who types in each", { timeout: 30_000 }, () => {
  it("[D9] costs one frame for fifty, and none for each", async () => {
    const { ada, bob, tap } = await setUp();
    const before = tap.sent.length;
    const shown = (id: string): string => ada.typing(id).get().join();
    for (const { conversationId } of ada.conversations.get()) ada.typing(conversationId).subscribe(() => {});
    await until("what is looked at told", () => tap.sent.length > before);
    bob.conversation("room-3").typing.notify();
    await until("Bob typing", () => shown("room-3") === "bob");
    await until("Bob typing no more", () => shown("room-3") === "");
    bob.conversation("room-9").typing.notify();
    await until("Bob typing elsewhere", () => shown("room-9") === "bob");
    await (await bob.conversation("room-9").leave()).settled();
    await until("Bob gone", () => shown("room-9") === "");
    expect(typesOf(tap.sent.slice(before))).toEqual(["signal"]);
  });

  it("shows it in a conversation that was asked for before the server had it", async () => {
    const { ada, bob } = await setUp(slowly);
    ada.typing("new").subscribe(() => {});
    await ada.createConversation({
      ...{ conversationId: "new", kind: "group", participants: [{ userId: "bob", role: "owner" }] },
    });
    const isListed = (): boolean => bob.conversations.get().length === ids.length + 1;
    await until("Bob in it", isListed);
    const shown = (): string => ada.typing("new").get().join();
    bob.conversation("new").typing.notify();
    await until("Bob typing", () => shown() === "bob", { timeoutMs: 5_000 });
    await (await ada.conversation("new").leave()).settled();
    await (await bob.conversation("new").members.add("ada")).settled();
    await until("Bob typing no more", () => shown() === "");
    await until(
      "Bob typing again",
      () => {
        bob.conversation("new").typing.notify();
        return shown() === "bob";
      },
      { timeoutMs: 5_000 },
    );
    expect([ada.typing("new").get(), ada.typing("room-1").get()]).toEqual([["bob"], []]);
  });
});

/** What is said while it commits overtakes it, as it may with any store that is not in the same process. */
function slowly(inner: Store): Store {
  return {
    ...flakyStore(inner, () => undefined),
    async commit(items, admit) {
      await sleep(30);
      return inner.commit(items, admit);
    },
  };
}
