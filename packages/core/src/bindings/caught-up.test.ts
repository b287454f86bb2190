import { expect, it } from "vitest";
import { member, world } from "../../test/client/world.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { createSearch, type MessageSearch } from "./search/index.ts";
import { openUnreadMentions } from "./unread-mentions.ts";

/** What is found, as it was told. */
function toldOf(search: MessageSearch): () => number {
  let found = 0;
  search.subscribe(({ items }) => (found = items.length));
  return () => found;
}

it("a search and unread mentions follow what is caught up with, page by page", async () => {
  const policy = { ...defaultPolicy, rates: [], limits: { ...defaultPolicy.limits, pageSize: 4 } };
  const here = world({ policy });
  const [ada] = await member(here, "ada");
  const [, bens] = await member(here, "ben");
  const ids: string[] = [];
  for (let count = 0; count < 12; count += 1) {
    const ranges = [{ type: "mention", start: 0, end: 4, value: "ada" } as const];
    ids.push((await bens.send({ text: "@ada", ranges })).id);
  }
  await here.clock.advance(1_000);
  const mentions = openUnreadMentions(ada);
  mentions.subscribe(() => {});
  const search = createSearch(ada, { clock: here.clock });
  const found = toldOf(search);
  search.find({ text: "ada" });
  await here.clock.advance(3_000);
  expect([mentions.get().get("general")?.length, found()]).toEqual([12, 12]);
  ada.disconnect();
  for (const id of ids) await bens.edit(id, "never mind");
  await here.clock.advance(1_000);
  void ada.connect();
  await here.clock.advance(20_000);
  expect([mentions.get().size, found()]).toEqual([0, 0]);
});
