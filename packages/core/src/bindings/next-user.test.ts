import { expect, it } from "vitest";
import { type World, world } from "../../test/client/world.ts";
import type { Client } from "../client/types.ts";
import type { Transport } from "../ports/transport.ts";
import { openMessages } from "./message-book.ts";
import { createSearch } from "./search/index.ts";

/** A client that Ada uses, and after `turn` Ben; and a message in a conversation of Ada's alone. */
async function shared(
  here: World,
): Promise<{ readonly client: Client; readonly id: string; readonly turn: () => Promise<void> }> {
  let user = "ada";
  const { supports } = here.backend.transport("ada");
  const transport: Transport = {
    supports,
    open: (request, signal) => here.backend.transport(user).open(request, signal),
  };
  const elsewhere = here.client("ada");
  await elsewhere.connect();
  const { id } = await elsewhere.conversation("secret").send("hidden words");
  const client = here.client("ada", { transport });
  await client.connect();
  await here.clock.settle();
  const turn = async (): Promise<void> => {
    user = "ben";
    client.disconnect();
    await client.connect();
  };
  return { client, id, turn };
}

it.each(["listens", "listens no more"])(
  "[D8] nothing found for who was here before is there for the next, who %s",
  async (does) => {
    const conversations = [
      { conversationId: "secret", participants: [{ userId: "ada" }] },
      { conversationId: "general" },
    ];
    const here = world({ conversations });
    const { client, id, turn } = await shared(here);
    const message = openMessages(client).message("secret", id);
    const search = createSearch(client, { clock: here.clock });
    const told: unknown[] = [];
    const ends = [
      message.subscribe((now) => told.push(now)),
      search.subscribe(({ items }) => told.push(...items)),
    ];
    search.find({ text: "hidden" });
    await here.clock.advance(5_000);
    expect([message.get(), search.get().items.length]).toMatchObject([{ id }, 1]);

    if (does !== "listens") for (const end of ends) end();
    told.length = 0;
    await turn();
    await here.clock.advance(5_000);
    expect(client.userId.get()).toBe("ben");
    expect([typeof message.get(), search.get().items]).toEqual(["string", []]);
    expect(told.filter((each) => typeof each !== "string")).toEqual([]);
  },
);
