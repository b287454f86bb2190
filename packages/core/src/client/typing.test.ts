import { describe, expect, it } from "vitest";
import { member, world } from "../../test/client/world.ts";
import type { Transport } from "../ports/transport.ts";
import type { Client } from "./types.ts";

/** Notes what the backend is asked for. */
function noted(inner: Transport, asked: string[]): Transport {
  return {
    ...inner,
    async open(request, signal) {
      const link = await inner.open(request, signal);
      return {
        ...link,
        query(query) {
          asked.push(query.type);
          return link.query(query);
        },
      };
    },
  };
}

const ids = Array.from({ length: 50 }, (_, index) => `c${index}`);

async function setUp() {
  const here = world({ conversations: ids.map((conversationId) => ({ conversationId })) });
  const [ben] = await member(here, "ben");
  const asked: string[] = [];
  const ada = here.client("ada", { transport: noted(here.backend.transport("ada"), asked) });
  await ada.connect();
  await here.clock.settle();
  const type = async (conversationId: string): Promise<void> => {
    ben.conversation(conversationId).typing.notify();
    await here.clock.advance(1);
  };
  return { ...here, ben, ada, asked: () => asked.splice(0), type };
}

const typists = (client: Client): string[] =>
  ids.flatMap((id) =>
    client
      .typing(id)
      .get()
      .map((userId) => `${id} ${userId}`),
  );

describe("who types in conversations that are not open", () => {
  it("[D9] is heard of in fifty of them, none of which is loaded for it", async () => {
    const { ada, ben, clock, asked, type } = await setUp();
    expect(asked()).toEqual(["conversations"]);
    const stops = ids.map((id) => ada.typing(id).subscribe(() => {}));
    await clock.advance(1);
    await type("c7");
    await type("c49");
    expect(typists(ada)).toEqual(["c7 ben", "c49 ben"]);
    await ben.conversation("c7").send("done");
    await clock.advance(2_000);
    expect(typists(ada)).toEqual(["c49 ben"]);
    await clock.advance(1_000); // no key was pressed since
    expect([typists(ada), asked()]).toEqual([[], []]);
    for (const stop of stops) stop();
    await clock.advance(1);
    await type("c3");
    expect(typists(ada)).toEqual([]);
  });

  it("is the same as of one that is open, and one object for each", async () => {
    const { ada, clock, type } = await setUp();
    const seen: (readonly string[])[] = [];
    const stop = ada.typing("c1").subscribe((userIds) => void seen.push(userIds));
    const leave = ada.conversation("c1").typing.subscribe(() => {});
    await clock.advance(1);
    stop();
    await type("c1");
    expect([seen, ada.typing("c1").get()]).toEqual([[], ["ben"]]);
    expect(ada.typing("c1").get()).toBe(ada.conversation("c1").typing.get());
    expect(ada.typing("c1")).toBe(ada.typing("c1"));
    leave();
  });

  it("[D9] gives way, where there are too many, in those that are open", async () => {
    const { ada, clock, type } = await setUp();
    ada.conversation("c5");
    ada.typing("c5").subscribe(() => {});
    await clock.advance(1);
    for (const id of [...ids, "none"]) if (id !== "c5") ada.typing(id).subscribe(() => {});
    ada.typing("more").subscribe(() => {});
    await clock.advance(1);
    await type("c0");
    await type("c5");
    await type("c49");
    expect(typists(ada)).toEqual(["c5 ben", "c49 ben"]);
  });
});
