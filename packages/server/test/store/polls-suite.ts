import { OPTIONS_PER_POLL, type Poll, type PollTally, REACTION_NAMES } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import type { Kept, KeptPage } from "../../src/store/kept.ts";
import { type Draft, newId } from "../support/raw-client.ts";
import type { Workbench } from "./workbench.ts";

/** What a store promises of polls, and of what is forwarded from one conversation to another. */
export function pollsSuite(bench: () => Workbench): void {
  const drinks: Poll = { options: ["Tea", "Coffee", "Water"], many: true };

  const asked = async (poll: Poll): Promise<string> => {
    const content = { text: "What shall we have?", poll };
    const sent: Draft = { type: "message.send", conversationId: "a", kind: "poll", content };
    return (await bench().accepted("ada", sent)).commandId;
  };
  const vote = (userId: string, messageId: string, ...choices: readonly number[]) =>
    bench().accepted(userId, { type: "poll.vote", conversationId: "a", messageId, choices });
  const tallyOf = async (messageId: string): Promise<PollTally | undefined> => {
    const [found] = await bench().query("ada", {
      ...{ type: "messages", conversationId: "a", messageIds: [messageId] },
    });
    return found?.tally;
  };
  const keptOf = async (userId: string): Promise<readonly Kept[]> => {
    const items: Kept[] = [];
    let after: string | undefined = "";
    while (after !== undefined) {
      const page: KeptPage | undefined = await bench().store.upkeep?.kept(userId, after);
      items.push(...(page?.items ?? []));
      after = page?.next;
    }
    return items;
  };

  describe("polls", () => {
    it("count votes in one batch or in many, list who chose what, and tell each their own (row F1)", async () => {
      const people = Array.from({ length: REACTION_NAMES + 2 }, (_, index) => `u${index}`);
      await bench().group("a", "ada", ...people);
      const messageId = await asked(drinks);
      const votes = people.map((userId) =>
        bench().submission(userId, { type: "poll.vote", conversationId: "a", messageId, choices: [0, 2] }),
      );
      await bench().commit(...votes);
      // The same again, as after a lost ack, counts no one twice (D2).
      await bench().commit(...votes);
      await vote("u0", messageId, 1);
      await vote("u1", messageId);
      const tally = await tallyOf(messageId);
      expect(tally?.results.map(({ count }) => count)).toEqual([people.length - 2, 1, people.length - 2]);
      expect(tally?.voters).toBe(people.length - 1);
      const page = { type: "voters", conversationId: "a", messageId, option: 0, limit: 5 } as const;
      const first = await bench().query("ada", page);
      expect(first.items).toEqual(["u2", "u3", "u4", "u5", "u6"]);
      const rest = await bench().query("ada", { ...page, after: first.next ?? "" });
      expect(rest).toEqual({ items: ["u7", "u8", "u9"] });
      for (const [userId, marks] of [
        ["u9", ["option 0", "option 2"]],
        ["u1", undefined],
      ] as const) {
        const history = await bench().query(userId, { type: "history", conversationId: "a", limit: 1 });
        expect(history.own[messageId]).toEqual(marks);
      }
    });

    it("[D8] of an anonymous one tell nobody but the voter: no list, no answer, no export of theirs", async () => {
      await bench().group("a", "ada", "bob");
      const secret = await asked({ ...drinks, anonymous: true });
      const open = await asked(drinks);
      await vote("bob", open, 1);
      const { changes } = await vote("bob", secret, 0);
      expect(JSON.stringify(changes)).not.toContain("bob");
      for (const query of [
        { type: "voters", conversationId: "a", messageId: secret, option: 0, limit: 10 },
        { type: "changes", conversationId: "a", afterRev: 4, limit: 10 },
      ] as const) {
        const told = await bench().query("ada", query);
        const page = "records" in told ? told.records.filter((record) => Object(record).id === secret) : told;
        expect(JSON.stringify(page)).not.toContain("bob");
      }
      const own = await bench().query("bob", { type: "history", conversationId: "a", limit: 10 });
      expect(own.own).toEqual({ [secret]: ["option 0"] });
      const kept = (await keptOf("bob")).filter(({ type }) => ["vote", "reaction", "answer"].includes(type));
      expect(kept).toEqual([{ type: "vote", conversationId: "a", messageId: open, option: 1 }]);
      expect(JSON.stringify(await bench().store.audit?.page({ limit: 100 }))).not.toContain("poll");
      // Forgotten with them all the same.
      const traces = await bench().store.upkeep?.traces("bob");
      expect(traces?.filter(({ type }) => type === "poll.vote")).toHaveLength(2);
    });

    it("[D8] of an anonymous one tell nobody but the voter, also once it is deleted, or its author erased", async () => {
      await bench().group("a", "ada", "bob");
      const [deleted, left] = [
        await asked({ ...drinks, anonymous: true }),
        await asked({ ...drinks, anonymous: true }),
      ];
      for (const messageId of [deleted, left]) await vote("bob", messageId, 0);
      await bench().accepted("ada", { type: "message.delete", conversationId: "a", messageId: deleted });
      // In an archived conversation the store itself takes back what was said.
      await bench().accepted("ada", { type: "conversation.status", conversationId: "a", status: "archived" });
      await bench().store.upkeep?.forget("ada", bench().at);
      expect(await tallyOf(left)).toBeUndefined();
      for (const messageId of [deleted, left]) {
        const voters = { type: "voters", conversationId: "a", messageId, option: 0, limit: 10 } as const;
        expect(JSON.stringify(await bench().store.query("bob", voters))).not.toContain("bob");
      }
      expect((await keptOf("bob")).filter(({ type }) => type === "vote")).toEqual([]);
    });

    it("hold as many options as there may be, and are over once somebody ends them", async () => {
      await bench().group("a", "ada", "bob");
      const options = Array.from({ length: OPTIONS_PER_POLL }, (_, index) => `option ${index}`);
      const messageId = await asked({ options, many: true });
      await vote("bob", messageId, ...options.keys());
      expect((await tallyOf(messageId))?.results.every(({ count }) => count === 1)).toBe(true);
      await bench().accepted("ada", { type: "poll.close", conversationId: "a", messageId });
      const late: Draft = { type: "poll.vote", conversationId: "a", messageId, choices: [] };
      expect(await bench().refused("bob", late)).toMatchObject({ code: "poll/closed" });
      const over = await asked({ ...drinks, closesAt: bench().at + 2 });
      bench().at += 5;
      const vain: Draft = { type: "poll.vote", conversationId: "a", messageId: over, choices: [1] };
      expect(await bench().refused("bob", vain)).toMatchObject({ code: "poll/closed" });
    });
  });

  describe("forwarding", () => {
    const forward = (messageId: string, conversationId = "a"): Draft => ({
      ...{ type: "message.send", conversationId: "b", kind: "text", content: { text: "made up" } },
      forward: { conversationId, messageId },
    });

    it("takes what is said from the original, in the batch that edits it too (row F6)", async () => {
      await bench().group("a", "ada", "bob");
      await bench().group("b", "bob", "cy");
      const messageId = await bench().said("ada", "a", "first");
      const edit: Draft = {
        type: "message.edit",
        conversationId: "a",
        messageId,
        content: { text: "second" },
      };
      const sent = bench().submission("bob", forward(messageId));
      await bench().commit(bench().submission("ada", edit), sent);
      const again = await bench().outcome(sent);
      const { messages } = await bench().query("cy", { type: "history", conversationId: "b", limit: 10 });
      const origin = { conversationId: "a", messageId, authorId: "ada" };
      expect(messages).toMatchObject([{ authorId: "bob", content: { text: "second" }, origin }]);
      expect(again).toMatchObject({ ok: true, isKnown: true });
    });

    it("[D8] finds nothing where one is not, nor what was deleted, nor what never was: all the same", async () => {
      await bench().group("a", "ada", "bob");
      await bench().group("b", "bob", "cy");
      const kept = await bench().said("ada", "a", "kept");
      const gone = await bench().said("ada", "a", "gone");
      await bench().accepted("ada", { type: "message.delete", conversationId: "a", messageId: gone });
      const refusals = [
        await bench().refused("cy", forward(kept)),
        await bench().refused("bob", forward(gone)),
        await bench().refused("bob", forward(newId())),
        await bench().refused("bob", forward(kept, "b")),
        await bench().refused("bob", forward(kept, "nowhere")),
      ];
      expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
      expect(refusals[0]).toMatchObject({ code: "message/not-found" });
      // Whoever is not in where it is to go learns that, and nothing of the message.
      expect(await bench().refused("ada", forward(kept))).toMatchObject({ code: "conversation/not-found" });
    });
  });
}
