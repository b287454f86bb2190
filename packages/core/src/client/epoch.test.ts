import { describe, expect, it } from "vitest";
import { member, world } from "../../test/client/world.ts";

describe("a new epoch", () => {
  it("[D4] voids what is known of a conversation nobody has opened, too", async () => {
    const here = world();
    const ada = here.client("ada");
    await ada.connect();
    const [, bens] = await member(here, "ben");
    await here.clock.settle();
    here.backend.faults.backup();
    await (await bens.send("lost with the disk")).settled();
    await here.clock.settle();
    const listed = (): (number | undefined)[] =>
      ada.conversations.get().map(({ lastMessage }) => lastMessage?.seq);
    expect(listed()).toEqual([1]);
    here.backend.faults.restore();
    await here.clock.advance(60_000);
    expect(ada.connection.get().name).toBe("online");
    expect(listed()).toEqual([undefined]);
  });
});
