import { type ConversationKind, notebookOf, type NoteSubject } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import type { Draft } from "../support/raw-client.ts";
import type { Workbench } from "./workbench.ts";

const block = (userId: string, other: string, isBlocked = true): Draft => {
  const conversationId = notebookOf(userId);
  const subject: NoteSubject = { kind: "block", conversationId, userId: other };
  return isBlocked
    ? { type: "note.set", conversationId, subject, value: {} }
    : { type: "note.clear", conversationId, subject };
};

/** What a store promises of blocks. */
export function blocksSuite(bench: () => Workbench): void {
  const blocksOf = async (userId: string): Promise<unknown> => {
    const { own = [], by = [] } = (await bench().store.blocks?.(userId)) ?? {};
    return { own: own.toSorted(), by: by.toSorted() };
  };

  describe("blocks", () => {
    it("are found by both of those concerned, until they are lifted (row D10)", async () => {
      await bench().accepted("ada", block("ada", "eve"));
      await bench().accepted("ada", block("ada", "mallory"));
      await bench().accepted("bob", block("bob", "eve"));
      // A bookmark of a conversation that reads like one.
      const conversationId = notebookOf("ada");
      const subject: NoteSubject = { kind: "pinned", conversationId: "block/eve" };
      await bench().accepted("ada", { type: "note.set", conversationId, subject, value: {} });
      expect(await blocksOf("ada")).toEqual({ own: ["eve", "mallory"], by: [] });
      const all = await Promise.all(["eve", "bob", "nobody"].map(blocksOf));
      expect(all).toEqual([
        { own: [], by: ["ada", "bob"] },
        { own: ["eve"], by: [] },
        { own: [], by: [] },
      ]);
      await bench().accepted("ada", block("ada", "eve", false));
      expect(await blocksOf("eve")).toEqual({ own: [], by: ["bob"] });
      expect(await blocksOf("ada")).toEqual({ own: ["mallory"], by: [] });
    });

    it("are gone with the person who made them", async () => {
      await bench().accepted("ada", block("ada", "eve"));
      await bench().store.upkeep?.forget("ada", 2_000_000);
      expect(await blocksOf("eve")).toEqual({ own: [], by: [] });
    });

    it("leave out of a search what the one who blocks is not to see, and of nobody else's", async () => {
      await bench().group("a", "ada", "bob", "eve");
      const said = await bench().said("eve", "a", "green tea");
      const other = await bench().said("bob", "a", "green apples");
      const found = async (readerId: string): Promise<readonly string[]> =>
        (await bench().query(readerId, { type: "search", text: "green", limit: 10 })).items.map(
          ({ message }) => message.id,
        );
      await bench().accepted("ada", block("ada", "eve"));
      expect(await found("ada")).toEqual([other]);
      expect(await found("bob")).toEqual([other, said]);
      expect(await found("eve")).toEqual([other, said]);
      await bench().accepted("ada", block("ada", "eve", false));
      expect(await found("ada")).toEqual([other, said]);
    });

    it("go by who is in a direct conversation, which no other kind tells", async () => {
      const participants = [{ userId: "eve" }];
      const create = (conversationId: string, kind: ConversationKind): Draft => ({
        ...{ type: "conversation.create", conversationId, kind, participants },
      });
      await bench().accepted("ada", create("two", "direct"));
      await bench().accepted("ada", create("more", "group"));
      const people = async (id: string): Promise<unknown> => (await bench().store.peopleOf?.(id))?.toSorted();
      expect(await people("two")).toEqual(["ada", "eve"]);
      expect(await people("more")).toEqual([]);
      expect(await people("none")).toBeUndefined();
    });

    it("are of somebody else, and of nothing beside them", async () => {
      const conversationId = notebookOf("ada");
      const wrong: readonly NoteSubject[] = [
        { kind: "block", conversationId, userId: "ada" },
        { kind: "block", conversationId },
        { kind: "block", conversationId: "a", userId: "eve" },
        { kind: "pinned", conversationId: "a", userId: "eve" },
      ];
      for (const subject of wrong) {
        const draft: Draft = { type: "note.set", conversationId, subject, value: {} };
        expect(await bench().refused("ada", draft)).toMatchObject({ code: "command/malformed" });
      }
    });
  });
}
