import { describe, expect, it } from "vitest";
import { member, world } from "../../test/client/world.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { reactorsOf, votersOf } from "./people.ts";

const names = ["ada", "ben", "cy", "dan", "eve"];

/** Five people, of whom a page holds two. */
async function five() {
  const here = world({
    policy: { ...defaultPolicy, rates: [], limits: { ...defaultPolicy.limits, pageSize: 2 } },
  });
  const rooms = [];
  for (const name of names) rooms.push(await member(here, name));
  const [[ada, room] = await member(here, "ada")] = rooms;
  return { here, rooms, ada, room };
}

describe("people listed page by page", () => {
  it("are all who reacted, as far as one asks, and followed (row F1)", async () => {
    const { here, rooms, ada, room } = await five();
    const { id } = await room.send("who?");
    await here.clock.settle();
    for (const [, each] of rooms.slice(0, 4)) await each.react(id, "👍");
    await here.clock.settle();
    const people = reactorsOf(ada, "general", id, "👍");
    people.view.subscribe(() => {});
    await here.clock.settle();
    expect(people.view.get()).toMatchObject({ userIds: ["ada", "ben"], hasMore: true, isLoading: false });
    await people.more();
    expect(people.view.get()).toMatchObject({ userIds: ["ada", "ben", "cy", "dan"], hasMore: false });
    await rooms[0]?.[1].unreact(id, "👍");
    await rooms[4]?.[1].react(id, "👍");
    await here.clock.settle();
    expect(people.view.get()).toMatchObject({ userIds: ["ben", "cy", "dan", "eve"], hasMore: false });
  });

  it("are those who chose an option of a poll; offline it says so, and goes on with the next link (row F1)", async () => {
    const { here, rooms, ada, room } = await five();
    const { id } = await room.send({ text: "which?", poll: { options: ["tea", "coffee"] } });
    await here.clock.settle();
    for (const [, each] of rooms.slice(1, 3)) await each.vote(id, [1]);
    await here.clock.settle();
    ada.disconnect();
    const people = votersOf(ada, "general", id, 1);
    people.view.subscribe(() => {});
    await here.clock.settle();
    expect(people.view.get()).toMatchObject({ userIds: [], error: { code: "connection/offline" } });
    await ada.connect();
    await here.clock.settle();
    expect(people.view.get()).toMatchObject({ userIds: ["ben", "cy"], hasMore: false, error: undefined });
  });
});
