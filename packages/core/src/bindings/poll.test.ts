import { describe, expect, it } from "vitest";
import { member, world } from "../../test/client/world.ts";
import type { Conversation } from "../client/types.ts";
import type { Poll } from "../protocol/polls.ts";
import { openPoll, type PollView } from "./poll.ts";

const drinks: Poll = { options: ["Tea", "Coffee", "Water"] };

const ask = async (room: Conversation, poll: Poll): Promise<string> =>
  (await room.send({ text: "What shall we have?", poll })).id;
const countsOf = (view: PollView | undefined): readonly number[] | undefined =>
  view?.tally.results.map(({ count }) => count);

describe("a poll", () => {
  it("shows a vote at once, also offline, and what others chose meanwhile (row F1)", async () => {
    const here = world();
    const [ada, general] = await member(here, "ada");
    const [, theirs] = await member(here, "ben");
    const messageId = await ask(general, drinks);
    await here.clock.settle();
    const poll = openPoll(ada, "general", messageId);
    poll.view.subscribe(() => {});
    ada.disconnect();
    await poll.toggle(0);
    await poll.toggle(1);
    expect(poll.view.get()).toMatchObject({ choices: [1], isOpen: true, mayClose: true });
    expect(countsOf(poll.view.get())).toEqual([0, 1, 0]);
    await theirs.vote(messageId, [2]);
    await ada.connect();
    await here.clock.advance(5_000);
    expect(countsOf(poll.view.get())).toEqual([0, 1, 1]);
    expect(countsOf(openPoll(ada, "general", messageId).view.get())).toEqual([0, 1, 1]);
    expect((await theirs.voters(messageId, 1)).items).toEqual(["ada"]);
    await poll.toggle(1);
    await here.clock.settle();
    expect(poll.view.get()).toMatchObject({ choices: [], tally: { voters: 1 } });
  });

  it("[D8] shows one's own anonymous vote on all one's devices, and on nobody else's", async () => {
    const here = world();
    const [phone, general] = await member(here, "ada");
    const [desk] = await member(here, "ada");
    const [ben, theirs] = await member(here, "ben");
    const messageId = await ask(theirs, { ...drinks, many: true, anonymous: true });
    await here.clock.settle();
    const polls = [phone, desk, ben].map((client) => openPoll(client, "general", messageId));
    for (const { view } of polls) view.subscribe(() => {});
    const heard: unknown[] = [];
    ben.on("change", (change) => heard.push(change));
    await polls[0]?.toggle(0);
    await polls[0]?.toggle(2);
    await here.clock.advance(2_000);
    expect(polls.map(({ view }) => view.get()?.choices)).toEqual([[0, 2], [0, 2], []]);
    expect(polls.map(({ view }) => countsOf(view.get()))).toEqual([1, 2, 3].map(() => [1, 0, 1]));
    expect(JSON.stringify(heard)).not.toContain("ada");
    expect((await general.voters(messageId, 0)).items).toEqual([]);
  });

  it("turns when its time is over, and refuses a vote that comes too late", async () => {
    const here = world();
    const [ada, general] = await member(here, "ada");
    const messageId = await ask(general, { ...drinks, closesAt: here.clock.now() + 60_000 });
    await here.clock.settle();
    const shown: (boolean | undefined)[] = [];
    const poll = openPoll(ada, "general", messageId);
    poll.view.subscribe(() => shown.push(poll.view.get()?.isOpen));
    ada.disconnect();
    const vote = await poll.toggle(0);
    await here.clock.advance(61_000);
    expect(shown.at(-1)).toBe(false);
    const end = vote.settled().catch((error: unknown) => error);
    await ada.connect();
    await here.clock.advance(5_000);
    expect(await end).toMatchObject({ code: "poll/closed" });
    expect(poll.view.get()).toMatchObject({ choices: [], tally: { voters: 0 } });
  });
});

describe("forwarding", () => {
  it("shows one's own copy at once, and is refused later if the original is gone by then (row F6)", async () => {
    const here = world({ conversations: ["general", "other"].map((conversationId) => ({ conversationId })) });
    const [ada, general] = await member(here, "ada");
    const [, theirs] = await member(here, "ben");
    const [kept, gone] = [await theirs.send("kept"), await theirs.send("gone")];
    await here.clock.settle();
    ada.disconnect();
    const sent = await Promise.all([kept, gone].map(({ id }) => general.forward(id, "other")));
    const other = ada.conversation("other");
    const shown = (): unknown[] =>
      [...other.timeline.get().items].map((item) =>
        item.type === "message" ? [item.message.content, item.message.origin?.authorId, item.status] : item,
      );
    expect(shown()).toEqual([
      [{ text: "kept" }, "ben", "queued"],
      [{ text: "gone" }, "ben", "queued"],
    ]);
    await theirs.edit(kept.id, "better");
    await theirs.delete(gone.id);
    const ends = sent.map((each) => each.settled().catch((error: unknown) => error));
    await ada.connect();
    await here.clock.advance(5_000);
    expect(await ends[1]).toMatchObject({ code: "message/not-found" });
    expect(shown()).toMatchObject([
      [{ text: "better" }, "ben", "delivered"],
      [{ text: "gone" }, "ben", "failed"],
    ]);
    await expect(general.forward(gone.id, "other")).rejects.toMatchObject({ code: "message/deleted" });
  });
});
