import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { member, world } from "../../test/client/world.ts";
import type { Client } from "../client/types.ts";
import { openPoll } from "./poll.ts";

const places = ["general", "other"] as const;
const deeds = [
  "edit",
  "react",
  "unreact",
  "vote",
  "unvote",
  "pin",
  "unpin",
  "delete",
  "forward",
  "close",
] as const;

/** What one of three devices does to one of the first messages, or that its network comes or goes. */
const step = fc.record({
  device: fc.nat(2),
  target: fc.nat(3),
  deed: fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom("connect", "disconnect", "wait") },
    { weight: 3, arbitrary: fc.constantFrom(...deeds) },
  ),
});

async function act(
  client: Client,
  deed: (typeof deeds)[number],
  id: string,
  target: number,
): Promise<unknown> {
  const room = client.conversation("general");
  switch (deed) {
    case "edit":
      return room.edit(id, `in other words, ${target}`);
    case "react":
    case "unreact":
      return room[deed](id, target % 2 === 0 ? "👍" : "🎉");
    case "vote":
      return room.vote(id, [target % 2]);
    case "unvote":
      return room.vote(id, []);
    case "pin":
    case "unpin":
    case "delete":
      return room[deed](id);
    case "forward":
      return room.forward(id, "other");
    case "close":
      return room.closePoll(id);
  }
}

/** All that a device shows of both conversations, and what is its reader's own. */
function shown(client: Client): unknown {
  return places.map((place) => {
    const room = client.conversation(place);
    return [...room.timeline.get().items].map((item) => {
      if (item.type !== "message" || item.status === "failed") return item.key;
      const { id, reactions, tally } = item.message;
      const own = [
        reactions.filter(({ emoji }) => room.hasReacted(id, emoji)).map(({ emoji }) => emoji),
        tally?.results.map((_, option) => room.hasVoted(id, option)),
      ];
      return [item.message, own];
    });
  });
}

describe("two people on three devices", { timeout: 60_000 }, () => {
  it("[D3] see the same in the end, whatever each did to the same messages while it was offline (row F3)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 30 }), async (steps) => {
        const participants = [
          { userId: "ada", role: "owner" },
          { userId: "ben", role: "moderator" },
        ] as const;
        const conversations = places.map((conversationId) => ({ conversationId, participants }));
        const here = world({ conversations });
        const [phone, room] = await member(here, "ada");
        const [desk] = await member(here, "ada");
        const [ben] = await member(here, "ben");
        const devices = [phone, desk, ben];
        for (const client of devices) client.conversation("other").timeline.subscribe(() => {});
        const poll = { options: ["a", "b"] };
        const ids = [
          (await room.send("a message")).id,
          (await room.send({ text: "which?", poll })).id,
          (await room.send({ text: "which, in secret?", poll: { ...poll, anonymous: true } })).id,
          (await ben.conversation("general").send("another")).id,
        ];
        await here.clock.settle();
        for (const client of devices)
          for (const id of ids) openPoll(client, "general", id).view.subscribe(() => {});
        for (const { device, deed, target } of steps) {
          const client = devices[device] ?? phone;
          if (deed === "connect") void client.connect();
          else if (deed === "disconnect") client.disconnect();
          else if (deed === "wait") await here.clock.advance(500);
          else await act(client, deed, ids[target] ?? "", target).catch(() => {}); // what cannot be is refused at once
        }
        for (const client of devices) void client.connect();
        await here.clock.advance(90_000);
        for (const client of devices)
          for (const { command } of client.outbox.get().entries) client.outbox.cancel(command.commandId);
        await here.clock.settle();
        expect(shown(desk)).toEqual(shown(phone));
        const [one, other] = [ben, phone].map((client) =>
          places.map((place) =>
            [...client.conversation(place).timeline.get().items].map((item) =>
              item.type === "message" ? item.message : item,
            ),
          ),
        );
        expect(one).toEqual(other);
        for (const client of devices) await client.close();
      }),
      { numRuns: 40 },
    );
  });
});
