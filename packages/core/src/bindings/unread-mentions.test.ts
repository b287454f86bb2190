import { describe, expect, it } from "vitest";
import { member, type World, world } from "../../test/client/world.ts";
import type { Client, Conversation } from "../client/types.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { Transport } from "../ports/transport.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import type { TextRange } from "../protocol/records.ts";
import { openUnreadMentions } from "./unread-mentions.ts";

const said = (type: TextRange["type"], value: string, text = `@${value}`) => ({
  text,
  ranges: [{ type, value, start: 0, end: text.length }],
});

/** What mentions somebody and is unread, as they are shown it while they look. */
function watch(client: Client): () => Readonly<Record<string, readonly number[]>> {
  const mentions = openUnreadMentions(client);
  mentions.subscribe(() => {});
  return () => Object.fromEntries([...mentions.get()].map(([id, all]) => [id, all.map(({ seq }) => seq)]));
}

/** Pages of four, so that a few messages make several. */
function small(): World {
  return world({ policy: { ...defaultPolicy, rates: [], limits: { ...defaultPolicy.limits, pageSize: 4 } } });
}

/** A transport that writes down what is asked, and refuses to search if it is to. */
function noting(
  transport: Transport,
  asked: string[],
  canSearch = true,
  refusals: { left: number } = { left: 0 },
): Transport {
  return {
    ...transport,
    async open(...given) {
      const link = await transport.open(...given);
      return {
        ...link,
        query(query) {
          asked.push(query.type);
          if (query.type === "search" && !canSearch) throw new MessagingError("command/unsupported");
          if (query.type === "search" && refusals.left-- > 0) throw new MessagingError("rate/limited");
          return link.query(query);
        },
      };
    },
  };
}

const fill = async (room: Conversation, many: number): Promise<void> => {
  for (let count = 0; count < many; count += 1) await room.send(`more ${count}`);
};

describe("unread mentions", () => {
  it("are those by name, role and of all, of others, as they are now (rows F7, F11)", async () => {
    const here = world();
    const [adas, ada] = await member(here, "ada");
    const [, ben] = await member(here, "ben");
    const mine = watch(adas);
    await ben.send("nothing"); // 1
    const byName = await ben.send(said("mention", "ada")); // 2
    await ben.send(said("group", "here")); // 3
    await ben.send(said("group", "owner")); // 4: she is a member
    await ben.send(said("group", "member")); // 5
    await ben.send(said("mention", "ben")); // 6
    const edited = await ben.send("not yet"); // 7
    await ada.send(said("mention", "ada")); // 8
    await here.clock.advance(1_000);
    expect(mine()).toEqual({ general: [2, 3, 5] });
    await ben.edit(edited.id, said("mention", "ada"));
    await ben.delete(byName.id);
    await here.clock.advance(1_000);
    expect(mine()).toEqual({ general: [3, 5, 7] });
    ada.markRead();
    expect(mine()).toEqual({});
  });

  it("go with what is marked as read, offline too, and come back from storage", async () => {
    const here = world();
    const [, ben] = await member(here, "ben");
    const storage = memoryStorage();
    const [adas, ada] = await member(here, "ada", { storage });
    const mine = watch(adas);
    for (let count = 0; count < 3; count += 1) await ben.send(said("mention", "ada"));
    await here.clock.advance(1_000);
    adas.disconnect();
    ada.markRead(2);
    expect(mine()).toEqual({ general: [3] });
    await here.clock.advance(1_000);
    void adas.close();
    const again = here.client("ada", { storage, userId: "ada" });
    again.conversation("general");
    await here.clock.advance(1_000);
    expect(watch(again)()).toEqual({ general: [3] });
  });

  it("are asked for where more is unread than is here, once, also of conversations nobody has opened", async () => {
    const here = small();
    const [bens, ben] = await member(here, "ben");
    await ben.send(said("group", "here"));
    await fill(ben, 9);
    await bens.createConversation({
      conversationId: "side",
      kind: "group",
      participants: [{ userId: "ada" }],
    });
    await bens.conversation("side").send(said("mention", "ada"));
    const late = await bens.conversation("side").send("not yet");
    await fill(bens.conversation("side"), 9);
    await here.clock.advance(1_000);
    const asked: string[] = [];
    const [adas] = await member(here, "ada", { transport: noting(here.backend.transport("ada"), asked) });
    const mine = watch(adas);
    await here.clock.advance(1_000);
    expect(mine()).toEqual({ general: [1], side: [1] });
    await fill(ben, 3);
    await here.clock.advance(1_000);
    expect(asked.filter((type) => type === "search")).toHaveLength(1);
    await bens.conversation("side").edit(late.id, said("mention", "ada"));
    await here.clock.advance(1_000);
    expect(mine()).toEqual({ general: [1], side: [1, 2] });
    await bens.conversation("side").delete(late.id);
    await here.clock.advance(1_000);
    expect(mine()).toEqual({ general: [1], side: [1] });
  });

  it("[D9] are not asked for again by what others think of old messages, nor at once where the backend is busy", async () => {
    const here = small();
    const [, ben] = await member(here, "ben");
    const old = await ben.send("long ago");
    await fill(ben, 9);
    await here.clock.advance(1_000);
    const asked: string[] = [];
    const searches = (): number => asked.filter((type) => type === "search").length;
    const refusals = { left: 0 };
    const [adas] = await member(here, "ada", {
      transport: noting(here.backend.transport("ada"), asked, true, refusals),
    });
    watch(adas);
    await here.clock.advance(1_000);
    expect(searches()).toBe(1);
    for (const emoji of ["👍", "❤️", "😂"]) {
      await ben.react(old.id, emoji);
      await here.clock.advance(1_000);
    }
    expect(searches()).toBe(1);
    refusals.left = 100;
    for (let count = 0; count < 5; count += 1) {
      await ben.edit(old.id, said("mention", "ada", `@ada, the ${count}th time`));
      await here.clock.advance(1_000);
    }
    expect(searches()).toBe(2);
  });

  it("are found again by a search where they came to be while nobody listened", async () => {
    const here = small();
    const [, ben] = await member(here, "ben");
    const old = await ben.send("not yet");
    await fill(ben, 9);
    await here.clock.advance(1_000);
    const [adas] = await member(here, "ada");
    const stop = openUnreadMentions(adas).subscribe(() => {});
    await here.clock.advance(1_000);
    stop();
    await ben.edit(old.id, said("mention", "ada"));
    await here.clock.advance(1_000);
    const mine = watch(adas);
    await here.clock.advance(1_000);
    expect(mine()).toEqual({ general: [1] });
  });

  it("are what is held where the backend does not search", async () => {
    const here = small();
    const [, ben] = await member(here, "ben");
    await ben.send(said("group", "here"));
    await fill(ben, 9);
    await here.clock.advance(1_000);
    const asked: string[] = [];
    const transport = noting(here.backend.transport("ada"), asked, false);
    const [adas, ada] = await member(here, "ada", { transport });
    const mine = watch(adas);
    await here.clock.advance(1_000);
    await ben.send(said("group", "here"));
    await here.clock.advance(1_000);
    expect(mine()).toEqual({ general: [11] });
    while (ada.timeline.get().hasOlder) await ada.timeline.loadOlder();
    await ben.send("one more");
    await here.clock.advance(1_000);
    expect(mine()).toEqual({ general: [1, 11] });
    expect(asked.filter((type) => type === "search")).toHaveLength(1);
  });

  it("say nothing of what somebody blocked says", async () => {
    const here = world();
    const [adas] = await member(here, "ada");
    const [, ben] = await member(here, "ben");
    const mine = watch(adas);
    await ben.send(said("mention", "ada"));
    await here.clock.advance(1_000);
    expect(mine()).toEqual({ general: [1] });
    const { openBlocks } = await import("./blocks.ts");
    await openBlocks(adas).block("ben");
    await ben.send(said("mention", "ada"));
    await here.clock.advance(1_000);
    expect(mine()).toEqual({});
  });
});
