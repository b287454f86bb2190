import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { member, world } from "../../test/client/world.ts";
import type { JsonCustom } from "../compose/custom.ts";
import { type Notebook, openNotebook } from "./notebook.ts";

const verbs = ["pin", "unpin", "archive", "unarchive", "mute", "unmute"] as const;
const marks = ["bookmark", "unbookmark", "hide", "unhide"] as const;

/** What one of two devices does, or that its network comes or goes. */
const step = fc.record({
  device: fc.nat(1),
  deed: fc.oneof(
    fc.constantFrom("connect", "disconnect", "wait"),
    fc.constantFrom(...verbs),
    fc.constantFrom(...marks),
  ),
});

function shown({ conversations, bookmarks, hidden }: Notebook<JsonCustom>): unknown {
  const list = conversations.get().map(({ conversationId, pinned, archived, muted }) => {
    return { conversationId, pinned, archived, muted };
  });
  return { list, bookmarks: bookmarks.get().map(({ messageId }) => messageId), hidden: [...hidden.get()] };
}

describe("two devices of one person", { timeout: 60_000 }, () => {
  it("[D3] show the same in the end, whatever each has noted while it was offline (row E4)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
        const here = world();
        const [phone, room] = await member(here, "ada");
        const [desk] = await member(here, "ada");
        const sent = await room.send("a message");
        await here.clock.settle();
        const devices = [phone, desk];
        for (const { device, deed } of steps) {
          const client = devices[device] ?? phone;
          const notebook = openNotebook(client);
          if (deed === "connect") void client.connect();
          else if (deed === "disconnect") client.disconnect();
          else if (deed === "wait") await here.clock.advance(500);
          else if (deed === "bookmark" || deed === "unbookmark" || deed === "hide" || deed === "unhide")
            await notebook[deed]("general", sent.id);
          else await notebook[deed]("general");
        }
        for (const client of devices) void client.connect();
        await here.clock.advance(90_000);
        expect(shown(openNotebook(desk))).toEqual(shown(openNotebook(phone)));
        for (const client of devices) {
          expect(client.outbox.get()).toMatchObject({ waiting: 0, failed: 0 });
          await client.close();
        }
      }),
      { numRuns: 60 },
    );
  });
});
