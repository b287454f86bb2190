import { describe, expect, it } from "vitest";
import type { Workbench } from "./workbench.ts";

/** What a store promises of a conversation that is erased. */
export function eraseConversationSuite(bench: () => Workbench): void {
  describe("a conversation that is erased", () => {
    it("is nobody's any more, is found by no word, and its id stays taken; others stay whole (row D25)", async () => {
      const on = { conversationId: "a" } as const;
      await bench().group("a", "ada", "bob");
      await bench().group("b", "ada");
      const messageId = await bench().said("ada", "a", "something secret");
      await bench().said("ada", "b", "something else");
      await bench().accepted("bob", { type: "message.react", emoji: "👍", messageId, ...on });
      await bench().accepted("ada", { type: "message.edit", messageId, content: { text: "secret" }, ...on });
      await bench().accepted("ada", { type: "message.pin", messageId, ...on });
      await bench().accepted("bob", { type: "receipt.mark", readSeq: 1, ...on });
      expect(await bench().store.upkeep?.forgetConversation("a")).toBe(1);
      expect(await bench().store.upkeep?.forgetConversation("a")).toBe(0);
      expect(await bench().store.upkeep?.forgetConversation("none")).toBe(0);
      for (const userId of ["ada", "bob"]) {
        expect(await bench().refusal(userId, { type: "history", limit: 9, ...on })).toEqual(
          await bench().refusal(userId, { type: "history", limit: 9, conversationId: "none" }),
        );
        const { items } = await bench().query(userId, { type: "search", text: "secret", limit: 9 });
        expect(items).toEqual([]);
      }
      expect((await bench().store.memberships("ada")).map(({ head }) => head.conversationId)).toEqual(["b"]);
      expect(await bench().store.memberships("bob")).toEqual([]);
      expect(await bench().refused("ada", { type: "message.delete", messageId, ...on })).toMatchObject({
        code: "conversation/not-found",
      });
      const create = { type: "conversation.create", kind: "group", ...on } as const;
      expect(await bench().refused("ada", create)).toMatchObject({ code: "conversation/exists" });
      const history = await bench().query("ada", { type: "history", conversationId: "b", limit: 9 });
      expect(history.messages).toMatchObject([{ content: { text: "something else" } }]);
      const kept = await bench().store.upkeep?.kept("bob");
      expect(kept?.items).toEqual([]);
    });
  });
}
