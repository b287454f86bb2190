import type { SearchFilter, SearchQuery, TextRange } from "@tidings/core/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StoreFactory } from "./workbench.ts";
import { Workbench } from "./workbench.ts";

/** What every store finds, and keeps to itself. */
export function searchSuite(name: string, factory: StoreFactory): void {
  describe(`searching in a store: ${name}`, () => {
    let bench: Workbench;
    beforeEach(async () => {
      bench = new Workbench(await factory.open());
      await bench.group("a", "ada", "bob");
    });
    afterEach(() => bench.store.close());

    const search = async (readerId: string, filter: SearchFilter, more: Partial<SearchQuery> = {}) =>
      bench.query(readerId, { type: "search", limit: 20, ...filter, ...more });
    /** The texts found, the newest first. */
    const found = async (readerId: string, filter: SearchFilter | string): Promise<readonly unknown[]> => {
      const { items } = await search(readerId, typeof filter === "string" ? { text: filter } : filter);
      return items.map(({ message: { content } }) => ("text" in content ? content.text : "sealed"));
    };
    const saidWith = async (
      actorId: string,
      text: string,
      ...ranges: readonly TextRange[]
    ): Promise<string> =>
      (
        await bench.accepted(actorId, {
          ...{ type: "message.send", conversationId: "a", kind: "text", content: { text, ranges } },
        })
      ).commandId;

    it("finds words, the newest first, in all that one is in, and says where they stand (row H1)", async () => {
      await bench.group("b", "bob");
      await bench.said("ada", "a", "Crème brûlée for two");
      await bench.said("bob", "b", "no crème today");
      await bench.said("bob", "a", "the CRÈME de la creme");
      expect(await found("bob", "creme")).toEqual(["the CRÈME de la creme", "no crème today", "Crème brûlée for two"]); // prettier-ignore
      expect(await found("ada", "creme bru")).toEqual(["Crème brûlée for two"]);
      expect(await found("bob", { text: "creme", conversationId: "b" })).toEqual(["no crème today"]);
      const { items } = await search("ada", { text: "creme bru" });
      expect(items[0]?.highlights).toEqual([
        { start: 0, end: 5 },
        { start: 6, end: 12 },
      ]);
    });

    it("takes what is written for words, whatever it is in a query language", async () => {
      const text = `it's 5" AND (NOT) or\\NEAR { words : * } -x+y ' | & ! <-> :* 'a':B ~ ^2 %_; DROP TABLE`;
      await bench.said("ada", "a", text);
      for (const part of [
        text,
        `'"\\`,
        "words:drop",
        "it's",
        `5" AND`,
        "near",
        "NOT)",
        "a*",
        "drop table;--",
      ]) {
        const terms = part.match(/[\p{L}\p{N}]+/gu) ?? [];
        expect([part, await found("bob", part)]).toEqual([part, terms.length > 0 ? [text] : []]);
      }
      expect(await found("bob", "OR nothing")).toEqual([]);
      expect(await found("bob", { authorId: `a' | 'b" OR "ada`, text: "drop" })).toEqual([]);
    });

    it("[D9] copes with as much as the wire takes", async () => {
      await bench.said("ada", "a", "x ".repeat(4_000));
      expect(await found("bob", "x ".repeat(128))).toHaveLength(1);
      expect(await found("bob", "abcdefghij ".repeat(23))).toEqual([]);
      expect(await found("bob", "a".repeat(256))).toEqual([]);
      expect(await found("bob", { hashtag: "'".repeat(256), authorId: "\\".repeat(128) })).toEqual([]);
    });

    it("finds by who said it, when, with what, and whom it means (rows C4, F7)", async () => {
      const link = { type: "link", start: 0, end: 4, value: "https://a.example/" } as const;
      const tag = { type: "hashtag", start: 0, end: 4, value: "Café's \\plan" } as const;
      const start = bench.at;
      await saidWith("ada", "link plain", link);
      await saidWith("bob", "tags plain", tag);
      await saidWith("ada", "@bob plain", { type: "mention", start: 0, end: 4, value: "bob" });
      await saidWith("bob", "here plain", { type: "group", start: 0, end: 4, value: "here" });
      await saidWith("bob", "boss plain", { type: "group", start: 0, end: 4, value: "owner" });
      await bench.accepted("ada", { type: "message.send", conversationId: "a", kind: "file", content: { text: "file plain" } }); // prettier-ignore
      const of = async (readerId: string, filter: SearchFilter) =>
        (await found(readerId, filter)).map((text) => String(text).slice(0, 4));
      expect(await of("bob", { authorId: "ada" })).toEqual(["file", "@bob", "link"]);
      expect(await of("bob", { has: ["link"] })).toEqual(["link"]);
      expect(await of("bob", { has: ["file"], text: "plain" })).toEqual(["file"]);
      expect(await of("bob", { has: ["file", "link"] })).toEqual([]);
      expect(await of("bob", { hashtag: "CAFE'S \\plan" })).toEqual(["tags"]);
      expect(await of("bob", { mentionsMe: true })).toEqual(["here", "@bob"]);
      expect(await of("ada", { mentionsMe: true })).toEqual(["boss", "here"]);
      expect(await of("bob", { text: "plain", since: start + 2, until: start + 4 })).toEqual([
        "@bob",
        "tags",
      ]);
    });

    it("pages without gaps or repetitions while more is said", async () => {
      const texts = Array.from({ length: 7 }, (_, index) => `word ${index}`);
      for (const text of texts) await bench.said("ada", "a", text);
      const seen: unknown[] = [];
      let after: string | undefined;
      do {
        const page = await search(
          "bob",
          { text: "word" },
          { limit: 3, ...(after !== undefined && { after }) },
        );
        seen.push(...page.items.map(({ message: { content } }) => "text" in content && content.text));
        after = page.next;
        await bench.said("ada", "a", "word later");
      } while (after !== undefined);
      expect(seen).toEqual(texts.toReversed());
      for (const bad of ["x", "1.2", "1.2.3.4", "'"])
        expect(
          await bench.refusal("bob", { type: "search", text: "word", limit: 3, after: bad }),
        ).toMatchObject({
          code: "query/malformed",
        });
    });

    it("forgets what was deleted, edited, erased or no longer kept, in the same transaction", async () => {
      const deleted = await bench.said("ada", "a", "gone one");
      const edited = await bench.said("ada", "a", "gone two");
      await bench.said("bob", "a", "gone three");
      const on = { conversationId: "a" } as const;
      await bench.accepted("ada", { type: "message.delete", messageId: deleted, ...on });
      await bench.accepted("ada", {
        type: "message.edit",
        messageId: edited,
        content: { text: "kept" },
        ...on,
      });
      await bench.accepted("bob", { type: "message.react", messageId: edited, emoji: "👍", ...on });
      expect(await found("ada", "gone")).toEqual(["gone three"]);
      expect(await found("ada", "kept")).toEqual(["kept"]);
      await bench.store.upkeep?.forget("bob", bench.at);
      expect(await found("ada", "gone th")).toEqual([]);
      await bench.store.upkeep?.prune({ now: 0, before: bench.at + 1, newest: Infinity, rememberedSince: 0 });
      expect(await found("ada", "kept ")).toEqual([]);
      await bench.said("ada", "a", "gone but kept again");
      expect(await found("ada", "gone kept")).toEqual(["gone but kept again"]);
    });

    it("finds what was sent and edited in one batch as it is now", async () => {
      const send = bench.submission("ada", {
        ...{ type: "message.send", conversationId: "a", kind: "text", content: { text: "before" } },
      });
      const { commandId: messageId } = send.command;
      const edit = bench.submission("ada", {
        ...{ type: "message.edit", conversationId: "a", messageId, content: { text: "after" } },
      });
      await bench.commit(send, edit);
      expect([await found("bob", "before"), await found("bob", "after")]).toEqual([[], ["after"]]);
    });

    it("[D8] finds nothing of others, nor of what one was removed from, remembered or not", async () => {
      await bench.said("ada", "a", "secret");
      await saidWith("ada", "secret @eve", { type: "mention", start: 7, end: 11, value: "eve" });
      expect(await found("bob", "secret")).toHaveLength(2);
      for (const filter of [{ text: "secret" }, { authorId: "ada" }, { mentionsMe: true }])
        expect(await found("eve", filter)).toEqual([]);
      const refused = { code: "conversation/not-found" };
      const inside = { type: "search", text: "secret", conversationId: "a", limit: 20 } as const;
      expect(await bench.refusal("eve", inside)).toMatchObject(refused);
      await bench.accepted("ada", { type: "participant.remove", conversationId: "a", userId: "bob" });
      expect(await found("bob", "secret")).toEqual([]); // asked a moment ago, and answered
      expect(await bench.refusal("bob", inside)).toMatchObject(refused);
      await bench.accepted("ada", { type: "participant.add", conversationId: "a", userId: "bob" });
      expect(await found("bob", "secret")).toHaveLength(2);
    });

    it("[D8] shows nothing from memory that was deleted or edited since (row H2)", async () => {
      const deleted = await bench.said("ada", "a", "word one");
      const edited = await bench.said("ada", "a", "word two");
      expect(await found("bob", "word")).toHaveLength(2);
      const on = { conversationId: "a" } as const;
      await bench.accepted("ada", { type: "message.delete", messageId: deleted, ...on });
      await bench.accepted("ada", {
        type: "message.edit",
        messageId: edited,
        content: { text: "other" },
        ...on,
      });
      expect(await found("bob", "word")).toEqual([]);
    });

    it("still finds after a restart", async () => {
      await bench.said("ada", "a", "durable");
      bench.store = await factory.reopen(bench.store);
      expect(await found("bob", "dura")).toEqual(["durable"]);
    });
  });
}
