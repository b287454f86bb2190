import { describe, expect, it } from "vitest";
import { member, type World, world } from "../../test/client/world.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { Storage } from "../ports/storage.ts";
import type { Transport } from "../ports/transport.ts";
import type { Client } from "./types.ts";

const draftOf = (client: Client): string => client.conversation("general").draft.get();

/** What drafts there were is told late. */
function slow({ clock }: World, storage: Storage): Storage {
  return {
    ...storage,
    async scan(range) {
      const found = await storage.scan(range);
      if (range.prefix[0] === "draft") await new Promise<void>((resolve) => clock.after(1_000, resolve));
      return found;
    },
  };
}

/** Takes who connects for whoever is signed in by then. */
function oneOf({ backend }: World, userId: () => string): Transport {
  const { supports } = backend.transport("ada");
  return { supports, open: (request, signal) => backend.transport(userId()).open(request, signal) };
}

describe("drafts", () => {
  it.each(["", "what an earlier life left"])(
    "stay as they are typed while storage is read, be there %o or not",
    async (left) => {
      const here = world();
      const storage = memoryStorage();
      if (left !== "") await storage.write([{ type: "put", key: ["draft", "ada", "general"], value: left }]);
      const client = here.client("ada", { storage: slow(here, storage), userId: "ada" });
      await here.clock.advance(100);
      client.conversation("general").draft.set("typed at once");
      await here.clock.advance(10_000);
      expect(draftOf(client)).toBe("typed at once");
    },
  );

  it("[D8, O18] of who was here before stay theirs, those too that were just being written", async () => {
    const here = world();
    const storage = memoryStorage();
    let user = "ada";
    const transport = oneOf(here, () => user);
    const [client, room] = await member(here, "ada", { storage, transport });
    room.draft.set("Ada's secret");
    await here.clock.advance(100);
    user = "bob";
    client.disconnect();
    await client.connect();
    expect([client.userId.get(), draftOf(client)]).toEqual(["bob", ""]);
    await here.clock.advance(1_000);
    expect(await storage.scan({ prefix: ["draft"] })).toEqual([
      [["draft", "ada", "general"], "Ada's secret"],
    ]);
  });

  it("[D8] written before anybody was known are theirs who turns out to have written them", async () => {
    const here = world();
    const storage = memoryStorage();
    const client = here.client("ada", { storage });
    client.conversation("general").draft.set("Who am I?");
    await here.clock.advance(1_000);
    await client.connect();
    await here.clock.advance(1_000);
    expect(draftOf(client)).toBe("Who am I?");
    expect(await storage.scan({ prefix: ["draft"] })).toEqual([[["draft", "ada", "general"], "Who am I?"]]);
  });
});
