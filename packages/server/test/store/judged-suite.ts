import { describe, expect, it } from "vitest";
import type { Judged, Submission } from "../../src/store/store.ts";
import { message } from "../support/raw-client.ts";
import type { Workbench } from "./workbench.ts";

/** What a store promises of what moderators have said of a message. */
export function judgedSuite(bench: () => Workbench): void {
  const judged = (text: string, verdict: Judged, userId = "ada"): Submission => ({
    ...bench().submission(userId, message("a", text)),
    judged: verdict,
  });

  describe("what moderators have judged", () => {
    it("[D2] stays refused, whatever is said of it when it comes again (row D24)", async () => {
      await bench().group("a", "ada", "bob");
      const item = judged("bad", { refused: "rule 1" });
      const refused = { ok: false, code: "moderation/refused" };
      expect(await bench().outcome(item)).toMatchObject(refused);
      expect(await bench().outcome({ ...item, judged: undefined })).toMatchObject(refused);
      const { messages } = await bench().query("bob", { type: "history", conversationId: "a", limit: 10 });
      expect(messages).toEqual([]);
    });

    it("is said as it was masked, and says so; flags are written down with it", async () => {
      await bench().group("a", "ada", "bob");
      await bench().said("ada", "a", "before"); // from now on a node remembers who is in
      const item = judged("half bad", {
        content: { text: "half ***" },
        flags: [{ reason: "odd", score: 0.5 }],
      });
      await bench().outcome(item);
      await bench().outcome(item);
      const { messages } = await bench().query("bob", { type: "history", conversationId: "a", limit: 10 });
      expect(messages.at(-1)).toMatchObject({ content: { text: "half ***" }, moderated: true });
      expect(messages).toHaveLength(2);
      const page = await bench().store.audit?.page({ by: "subject", id: item.command.commandId, limit: 10 });
      expect(page?.items).toMatchObject([
        { actorId: "system", action: "message.flag", conversationId: "a", detail: "odd 0.5" },
      ]);
    });

    it("[D8] says nothing to whoever is not in the conversation", async () => {
      await bench().group("a", "ada", "bob");
      const outcome = await bench().outcome(judged("bad", { refused: "rule 1" }, "eve"));
      expect(outcome).toMatchObject({ ok: false, code: "conversation/not-found" });
    });
  });
}
