import { notebookOf, type NoteSubject, type NoteValue } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import type { Kept, KeptPage } from "../../src/store/kept.ts";
import { LISTENERS_AT_ONCE, MOST_DEVICES, type PushTarget, type PushTargets } from "../../src/store/push.ts";
import { newId } from "../support/raw-client.ts";
import type { Workbench } from "./workbench.ts";

const device = (userId: string, deviceId: string, more: Partial<PushTarget> = {}): PushTarget => ({
  ...{ userId, deviceId, endpoint: `https://push.example/${userId}/${deviceId}`, at: 1 },
  ...{ p256dh: "key", auth: "secret", ...more },
});

/** What a store promises of devices that can be pushed to, and of who is to be told. */
export function pushSuite(bench: () => Workbench): void {
  const targets = (): PushTargets => {
    const { push } = bench().store;
    if (!push) throw new Error("the store keeps none");
    return push;
  };
  const idsOf = async (userId: string): Promise<readonly string[]> =>
    (await targets().of(userId)).map(({ deviceId }) => deviceId);
  const note = async (userId: string, subject: NoteSubject, value: NoteValue): Promise<void> => {
    const conversationId = notebookOf(userId);
    await bench().accepted(userId, { type: "note.set", conversationId, subject, value });
  };

  describe("devices that can be pushed to", () => {
    it("are kept once, as they were put last, until they are removed", async () => {
      const phone = device("ada", "phone");
      await Promise.all([targets().put(phone), targets().put(phone)]);
      await targets().put({ ...phone, endpoint: "https://push.example/new", auth: "other", at: 7 });
      await targets().put(device("ada", "desk"));
      expect(await targets().of("ada")).toEqual([
        device("ada", "desk"),
        { ...phone, endpoint: "https://push.example/new", auth: "other", at: 7 },
      ]);
      await targets().drop(phone); // of an address it has no more
      await targets().remove("ada", "desk");
      await targets().remove("eve", "phone");
      expect(await idsOf("ada")).toEqual(["phone"]);
      await targets().drop({ ...phone, endpoint: "https://push.example/new" });
      expect(await idsOf("ada")).toEqual([]);
    });

    it("[D8] are of whoever used them last, on a shared computer", async () => {
      const endpoint = "https://push.example/shared";
      await targets().put(device("ada", "library", { endpoint }));
      await targets().put(device("bob", "library", { endpoint }));
      expect([await idsOf("ada"), await idsOf("bob")]).toEqual([[], ["library"]]);
    });

    it("[D9] are so many of one person, and of more the newest", async () => {
      for (let n = 0; n <= MOST_DEVICES; n += 1)
        await targets().put(device("ada", `d${n}`, { at: 100 - (n % 2) * 50 + n }));
      const ids = await idsOf("ada");
      expect(ids).toHaveLength(MOST_DEVICES);
      expect(ids).not.toContain("d1");
    });

    it("belong to what is kept of a person, without their address, and are gone with them", async () => {
      await targets().put(device("ada", "phone"));
      const kept: Kept[] = [];
      for (let next: string | undefined = ""; next !== undefined;) {
        const page: KeptPage | undefined = await bench().store.upkeep?.kept("ada", next || undefined);
        kept.push(...(page?.items ?? []));
        next = page?.next;
      }
      expect(kept).toEqual([{ type: "device", deviceId: "phone", origin: "https://push.example", at: 1 }]);
      await bench().store.upkeep?.forget("ada", 2_000_000);
      expect(await idsOf("ada")).toEqual([]);
    });
  });

  describe("what is unread of people somebody blocks", () => {
    const block = async (userId: string, other: string): Promise<void> =>
      note(userId, { kind: "block", conversationId: notebookOf(userId), userId: other }, {});

    it("is counted in the conversations that are named, above the watermark, without what was deleted (row F12)", async () => {
      for (const id of ["a", "b", "c"]) await bench().group(id, "ada", "bob", "eve", "mallory");
      const count = (...ids: readonly string[]): Promise<number> => targets().unreadOfBlocked("ada", ids);
      for (const conversationId of ["a", "b", "c"])
        for (const userId of ["eve", "bob", "eve", "mallory"])
          await bench().said(userId, conversationId, "hi");
      expect(await count("a", "b", "c")).toBe(0);
      await block("ada", "eve");
      await block("bob", "mallory");
      await block("mallory", "ada");
      expect([await count("a", "b", "c"), await count("a", "none"), await count()]).toEqual([6, 2, 0]);
      await bench().accepted("ada", { type: "receipt.mark", conversationId: "a", readSeq: 1 });
      const { messages } = await bench().query("eve", { type: "history", conversationId: "b", limit: 10 });
      const messageId = messages.find(({ authorId }) => authorId === "eve")?.id ?? "";
      await bench().accepted("eve", { type: "message.delete", conversationId: "b", messageId });
      expect([await count("a", "b"), await count("b")]).toEqual([2, 1]);
      await block("ada", "mallory");
      expect([await count("a"), await count("a", "b", "c")]).toEqual([2, 7]);
      const { userId, ...subject } = { kind: "block", conversationId: "~/ada", userId: "eve" } as const;
      await bench().accepted("ada", {
        type: "note.clear",
        conversationId: "~/ada",
        subject: { ...subject, userId },
      });
      expect(await count("a", "b", "c")).toBe(3);
    });
  });

  describe("whoever is to be told of a message", () => {
    it("is in the conversation and has a device, with all that decides whether they are told", async () => {
      await bench().group("a", "ada", "bob", "cy", "dan", "eve");
      await bench().group("b", "zoe");
      for (const userId of ["ada", "bob", "cy", "eve", "zoe"]) await targets().put(device(userId, "phone"));
      await targets().put(device("bob", "desk"));
      await bench().accepted("ada", { type: "participant.remove", conversationId: "a", userId: "eve" });
      const root = await bench().said("ada", "a", "shall we?");
      const { commandId: reply } = await bench().accepted("cy", {
        ...{ type: "message.send", conversationId: "a", kind: "text" },
        ...{ content: { text: "yes" }, threadId: root },
      });
      const elsewhere = await bench().said("zoe", "b", "not here");
      await bench().accepted("ada", {
        type: "message.edit",
        conversationId: "a",
        messageId: root,
        content: { text: "let us" },
      });
      await bench().accepted("bob", { type: "receipt.mark", conversationId: "a", readSeq: 1 });
      const rules = { level: "mentions", sound: false } as const;
      await note("bob", { kind: "notify", conversationId: notebookOf("bob") }, { rules });
      await note("bob", { kind: "muted", conversationId: "a" }, { until: 5 });
      await note("bob", { kind: "muted", conversationId: "b" }, {});
      await note("bob", { kind: "followed", conversationId: "a", messageId: root }, {});
      await note("cy", { kind: "followed", conversationId: "a", messageId: newId() }, {});
      const found = await targets().audience({
        conversationId: "a",
        messageIds: [root, reply, elsewhere, newId()],
      });
      expect(found?.conversation).toMatchObject({ conversationId: "a", kind: "group" });
      expect(found?.messages).toMatchObject([
        { id: root, content: { text: "let us" } },
        { id: reply, threadId: root },
      ]);
      const nothing = { rules: undefined, muted: undefined, followed: new Set() };
      expect(found?.listeners).toMatchObject([
        { self: { userId: "ada" }, readSeq: 0, ...nothing, targets: [device("ada", "phone")] },
        { self: { userId: "bob" }, readSeq: 1, rules, muted: { until: 5 }, followed: new Set([root]) },
        { self: { userId: "cy" }, ...nothing },
      ]);
      expect(found?.listeners[1]?.targets).toHaveLength(2);
      expect(found).not.toHaveProperty("next");
      expect(await targets().audience({ conversationId: "nowhere", messageIds: [root] })).toBeUndefined();
    });

    it("[D9] comes in pages of people", async () => {
      const many = Array.from({ length: LISTENERS_AT_ONCE }, (_, n) => `user-${String(n).padStart(4, "0")}`);
      const owner = "user-9999";
      const first = many.slice(0, 100).map((userId) => ({ userId }));
      await bench().accepted(owner, {
        ...{ type: "conversation.create", conversationId: "a", kind: "group", participants: first },
      });
      const added = many
        .slice(100)
        .map((userId) => bench().submission(owner, { type: "participant.add", conversationId: "a", userId }));
      await bench().commit(...added);
      await Promise.all([owner, ...many].map((userId) => targets().put(device(userId, "phone"))));
      const one = await targets().audience({ conversationId: "a", messageIds: [] });
      const other = await targets().audience({ conversationId: "a", messageIds: [] }, one?.next);
      expect(one?.listeners.map(({ self }) => self.userId)).toEqual(many);
      expect(other?.listeners.map(({ self }) => self.userId)).toEqual([owner]);
      expect(other).not.toHaveProperty("next");
    });
  });
}
