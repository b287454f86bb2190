import type { MessageRecord } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { newId } from "../support/raw-client.ts";
import type { Workbench } from "./workbench.ts";

/** What a store promises of messages that belong to others, are pinned, or are of a day. */
export function relationsSuite(bench: () => Workbench): void {
  const reply = async (userId: string, text: string, threadId: string): Promise<string> =>
    (
      await bench().accepted(userId, {
        ...{ type: "message.send", conversationId: "a", kind: "text", content: { text }, threadId },
      })
    ).commandId;
  const textsOf = (messages: readonly MessageRecord[]): readonly string[] =>
    messages.map(({ content }) => ("text" in content ? content.text : "sealed"));

  describe("relations", () => {
    it("finds the messages of a thread in pages, who wrote in it first, and how many there are", async () => {
      await bench().group("a", "ada", "bob", "cy");
      const root = await bench().said("ada", "a", "shall we?");
      await bench().said("bob", "a", "something else");
      const ids: string[] = [];
      for (let count = 0; count < 5; count += 1)
        ids.push(await reply(["bob", "ada", "cy"][count % 3] ?? "", `reply ${count}`, root));
      await bench().accepted("ada", { type: "message.delete", conversationId: "a", messageId: ids[1] ?? "" });
      await bench().accepted("bob", {
        type: "message.react",
        conversationId: "a",
        messageId: ids[4] ?? "",
        emoji: "👍",
      });
      const thread = { type: "thread", conversationId: "a", threadId: root, limit: 3 } as const;
      const newest = await bench().query("ada", thread);
      expect(newest).toMatchObject({
        root: { id: root },
        hasOlder: true,
        replies: 4,
        userIds: ["bob", "ada", "cy"],
      });
      expect(textsOf(newest.messages)).toEqual(["reply 2", "reply 3", "reply 4"]);
      expect(newest.messages[2]).toMatchObject({ reactions: [{ emoji: "👍", count: 1 }] });
      const older = await bench().query("ada", { ...thread, before: newest.messages[0]?.seq ?? 0 });
      expect(textsOf(older.messages)).toEqual(["reply 0", ""]);
      expect(older.hasOlder).toBe(false);
      const nothing = await bench().query("ada", { ...thread, threadId: newId() });
      expect(nothing).toMatchObject({ messages: [], hasOlder: false, replies: 0, userIds: [] });
      expect(nothing).not.toHaveProperty("root");
    });

    it("counts what is unread of a thread, above the watermark it is asked with (row F3)", async () => {
      await bench().group("a", "ada", "bob");
      const root = await bench().said("ada", "a", "shall we?");
      const ids: string[] = [];
      for (let count = 0; count < 6; count += 1)
        ids.push(await reply(["bob", "ada"][count % 2] ?? "", `reply ${count}`, root));
      await bench().said("bob", "a", "something else");
      await bench().accepted("bob", { type: "message.delete", conversationId: "a", messageId: ids[4] ?? "" });
      const thread = { type: "thread", conversationId: "a", threadId: root, limit: 1 } as const;
      const unreadBy = async (userId: string, readSeq: number): Promise<unknown> =>
        (await bench().query(userId, { ...thread, readSeq })).unread;
      expect(await unreadBy("ada", 0)).toEqual({ readSeq: 0, count: 2 });
      expect(await unreadBy("ada", 2)).toEqual({ readSeq: 2, count: 1 });
      expect(await unreadBy("ada", 99)).toEqual({ readSeq: 99, count: 0 });
      expect(await unreadBy("bob", 0)).toEqual({ readSeq: 0, count: 3 });
      expect(await bench().query("ada", thread)).not.toHaveProperty("unread");
    });

    it("lists what is pinned, the one pinned last first, and nothing that is pinned no more", async () => {
      await bench().group("a", "ada");
      const ids = await Promise.all(["0", "1", "2", "3"].map((text) => bench().said("ada", "a", text)));
      const on = (index: number) => ({ conversationId: "a", messageId: ids[index] ?? "" });
      for (const index of [2, 0, 3, 1]) await bench().accepted("ada", { type: "message.pin", ...on(index) });
      await bench().accepted("ada", { type: "message.unpin", ...on(3) });
      await bench().accepted("ada", { type: "message.delete", ...on(1) });
      await bench().accepted("ada", { type: "message.edit", ...on(0), content: { text: "0, edited" } });
      const pins = await bench().query("ada", { type: "pins", conversationId: "a" });
      expect(textsOf(pins)).toEqual(["0, edited", "2"]);
    });

    it("[D8] finds messages by their ids within one conversation, and no others", async () => {
      await bench().group("a", "ada", "bob");
      await bench().group("b", "bob");
      const ours = await bench().said("ada", "a", "ours");
      const theirs = await bench().said("bob", "b", "theirs");
      const messageIds = [theirs, ours, newId(), ours];
      const found = await bench().query("ada", { type: "messages", conversationId: "a", messageIds });
      expect(textsOf(found)).toEqual(["ours"]);
      for (const query of [
        { type: "messages", conversationId: "b", messageIds } as const,
        { type: "pins", conversationId: "b" } as const,
        { type: "thread", conversationId: "b", threadId: theirs, limit: 5 } as const,
      ]) {
        expect(await bench().refusal("ada", query)).toEqual(
          await bench().refusal("ada", { ...query, conversationId: "nowhere" }),
        );
      }
    });

    it("pages history around the first message of a time", async () => {
      await bench().group("a", "ada");
      const times: number[] = [];
      for (let count = 0; count < 20; count += 1) {
        await bench().said("ada", "a", String(count));
        times.push(bench().at);
        if (count % 5 === 4) bench().at += 1_000;
      }
      const around = async (at: number): Promise<readonly string[]> =>
        textsOf(
          (await bench().query("ada", { type: "history", conversationId: "a", at, limit: 4 })).messages,
        );
      expect(await around(times[10] ?? 0)).toEqual(["8", "9", "10", "11"]);
      expect(await around((times[9] ?? 0) + 1)).toEqual(["8", "9", "10", "11"]);
      expect(await around(0)).toEqual(["0", "1", "2", "3"]);
      expect((await around(bench().at + 9_000)).at(-1)).toBe("19");
    });
  });
}
