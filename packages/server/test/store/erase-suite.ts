import { describe, expect, it } from "vitest";
import type { Erasures } from "../../src/store/erasures.ts";
import type { Draft } from "../support/raw-client.ts";
import type { Workbench } from "./workbench.ts";

/** What a store promises of a person who is erased, beyond their own rows. */
export function eraseSuite(bench: () => Workbench): void {
  const forward = (from: string, messageId: string, to: string): Draft => ({
    ...{ type: "message.send", conversationId: to, kind: "text", content: { text: "" } },
    forward: { conversationId: from, messageId },
  });
  const erasures = (): Erasures => {
    const kept = bench().store.erasures;
    if (!kept) throw new Error("the store remembers none");
    return kept;
  };

  describe("words of a person that others have told on", () => {
    /** Bob's words where ada and bob are, told on by ada to cy, by cy to dee, and by cy once more, who took that back. */
    async function toldOn(): Promise<readonly string[]> {
      await bench().group("a", "ada", "bob");
      await bench().group("b", "ada", "cy");
      await bench().group("c", "cy", "dee");
      const said = await bench().said("bob", "a", "bob's secret");
      const { commandId: first } = await bench().accepted("ada", forward("a", said, "b"));
      const { commandId: second } = await bench().accepted("cy", forward("b", first, "c"));
      const { commandId: gone } = await bench().accepted("cy", forward("b", first, "c"));
      await bench().accepted("cy", { type: "message.delete", conversationId: "c", messageId: gone });
      await bench().accepted("cy", forward("b", await bench().said("ada", "b", "ada's own"), "c"));
      return [said, first, second, gone];
    }

    /** What everybody, an export included, may still read. */
    async function whatIsLeft(ids: readonly string[]): Promise<string> {
      const found: unknown[] = [];
      for (const [userId, conversationId] of [
        ["ada", "a"],
        ["cy", "b"],
        ["dee", "c"],
      ] as const) {
        found.push(await bench().query(userId, { type: "history", conversationId, limit: 10 }));
        found.push(await bench().query(userId, { type: "search", text: "secret", limit: 10 }));
      }
      const reading = await bench().store.archive?.read({ of: "server" });
      for await (const page of reading?.pages ?? [])
        found.push(page.filter((line) => "messageId" in line || line.type === "message"));
      return JSON.stringify([ids.length, found]);
    }

    it("are named with those they said themselves, a copy of a copy too, and go by commands (row D25)", async () => {
      const ids = await toldOn();
      const traces = (await bench().store.upkeep?.traces("bob")) ?? [];
      const deletions = traces.filter(({ type }) => type === "message.delete");
      expect(deletions.map((trace) => ("messageId" in trace ? trace.messageId : "")).toSorted()).toEqual(
        ids.slice(0, 3).toSorted(),
      );
      for (const trace of deletions) await bench().accepted("system", trace, { system: true });
      expect((await bench().store.upkeep?.traces("bob"))?.map(({ type }) => type)).toEqual([
        "participant.leave",
      ]);
      await bench().store.upkeep?.forget("bob", 7);
      const left = await whatIsLeft(ids);
      expect(left).not.toContain("secret");
      expect(left).toContain("ada's own");
    });

    it("go with what is forgotten, wherever no command reached them, and nobody is named for them (row D25)", async () => {
      const ids = await toldOn();
      expect(await whatIsLeft(ids)).toContain("secret");
      await bench().store.upkeep?.forget("bob", 7);
      const left = await whatIsLeft(ids);
      expect(left).not.toContain("secret");
      expect(left).toContain("ada's own");
      const { messages } = await bench().query("dee", { type: "history", conversationId: "c", limit: 9 });
      expect(messages).toMatchObject([
        { authorId: "cy", content: { text: "" }, deletedAt: 7 },
        { authorId: "cy", content: { text: "" } },
        { authorId: "cy", content: { text: "ada's own" }, origin: { authorId: "ada" } },
      ]);
      expect(messages.filter(({ origin }) => origin?.authorId === "bob")).toEqual([]);
    });
  });

  describe("a case about a person", () => {
    it("is kept of them until they are erased, and tells nobody who reported it (row D25)", async () => {
      await bench().group("a", "ada", "bob", "cy");
      const messageId = await bench().said("bob", "a", "odd");
      const about = (subject: object, text: string): Draft => ({
        ...{ type: "note.set", conversationId: "~/cy", value: { text } },
        subject: { kind: "report", conversationId: "a", ...subject },
      });
      await bench().accepted("cy", about({ messageId }, "rude"));
      await bench().accepted("cy", about({ userId: "bob" }, "rude always"));
      const appeal = { kind: "appeal", conversationId: "a", messageId } as const;
      await bench().accepted("ada", { type: "message.delete", conversationId: "a", messageId });
      await bench().accepted("bob", {
        ...{ type: "note.set", conversationId: "~/bob", subject: appeal, value: { text: "not at all" } },
      });
      const casesOf = async (userId: string): Promise<readonly object[]> => {
        const items: object[] = [];
        let page = await bench().store.upkeep?.kept(userId);
        for (
          ;
          page;
          page = page.next === undefined ? undefined : await bench().store.upkeep?.kept(userId, page.next)
        )
          items.push(...page.items.filter(({ type }) => type === "case"));
        return items;
      };
      const found = await casesOf("bob");
      expect(found).toHaveLength(2);
      const common = { type: "case", conversationId: "a", reports: 1 };
      expect(found).toContainEqual(
        expect.objectContaining({ ...common, messageId, status: "appealed", appeal: "not at all" }),
      );
      expect(found).toContainEqual(expect.objectContaining({ ...common, status: "open" }));
      expect(JSON.stringify(found)).not.toMatch(/cy|rude/u);
      expect([await casesOf("cy"), await casesOf("ada")]).toEqual([[], []]);
      await bench().store.upkeep?.forget("bob", 7);
      expect(await casesOf("bob")).toEqual([]);
    });
  });

  describe("that somebody was erased", () => {
    it("[D9] is remembered of who it was, the last time counting, until it is forgotten", async () => {
      const users = Array.from({ length: 70 }, (_, index) => `user ${index}`);
      expect(await erasures().of("bob")).toBeUndefined();
      await erasures().remember("bob", 20);
      await erasures().remember("bob", 10);
      for (const [at, userId] of users.entries()) await erasures().remember(userId, 100 + at);
      expect(await erasures().of("bob")).toBe(20);
      expect(await erasures().of("Bob")).toBeUndefined();
      expect(await Promise.all(users.map((userId) => erasures().of(userId)))).toEqual(
        users.map((_, index) => 100 + index),
      );
      expect(await erasures().forget(20)).toBe(0);
      expect(await erasures().forget(101)).toBe(2);
      expect(await erasures().forget(101)).toBe(0);
      expect([await erasures().of("bob"), await erasures().of("user 0")]).toEqual([undefined, undefined]);
      expect(await erasures().of("user 1")).toBe(101);
    });
  });
}
