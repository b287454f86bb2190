import { describe, expect, it } from "vitest";
import { member, type World, world } from "../../test/client/world.ts";
import type { Client, ClientOptions } from "../client/types.ts";
import { memoryStorage } from "../memory/storage.ts";
import { openNotebook } from "./notebook.ts";

const draftOf = (client: Client): string => client.conversation("general").draft.get();

async function device(here: World, userId: string, options?: Partial<ClientOptions>): Promise<Client> {
  const [client] = await member(here, userId, options);
  openNotebook(client);
  await here.clock.settle();
  return client;
}

describe("shared drafts of a device", () => {
  it("give way to what came from another device just before a restart, as without one", async () => {
    const here = world();
    const storage = memoryStorage();
    const phone = await device(here, "ada", { storage });
    const desk = await device(here, "ada");
    phone.conversation("general").draft.set("first");
    await here.clock.advance(2_500);
    desk.conversation("general").draft.set("first, and more");
    await here.clock.advance(2_300);
    expect(draftOf(phone)).toBe("first"); // somebody may still be writing
    await phone.close();
    const again = await device(here, "ada", { storage, userId: "ada" });
    await here.clock.advance(20_000);
    expect([again, desk].map(draftOf)).toEqual(["first, and more", "first, and more"]);
  });

  it("[D8] tell nobody who comes after what was written, and leave alone what that one has elsewhere", async () => {
    const here = world();
    const storage = memoryStorage();
    const adas = await device(here, "ada", { storage });
    adas.conversation("general").draft.set("Ada's secret");
    await here.clock.advance(5_000);
    await adas.close();
    const desk = await device(here, "bob");
    desk.conversation("general").draft.set("Bob's own");
    await here.clock.advance(10_000);

    const bobs = here.client("bob", { storage }); // taken for Ada until the backend has spoken
    openNotebook(bobs);
    const told: unknown[] = [];
    for (const { conversations } of [bobs, desk].map(openNotebook))
      conversations.subscribe(
        (all) => bobs.userId.get() === "bob" && told.push(...all.map((each) => each.draft)),
      );
    await here.clock.advance(1_000);
    await bobs.connect();
    await here.clock.advance(20_000);
    expect([bobs, desk].map(draftOf)).toEqual(["Bob's own", "Bob's own"]);
    expect(told).not.toContain("Ada's secret");
  });
});
