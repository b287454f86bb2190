import type { NoteSubject, NoteValue } from "@tidings/core/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import {
  type CaseDecision,
  type Cases,
  type CasesQuery,
  type ModerationCase,
  MOST_FLAGS,
} from "../../src/store/cases.ts";
import type { Judged } from "../../src/store/store.ts";
import { type Draft, message } from "../support/raw-client.ts";
import type { Workbench } from "./workbench.ts";

/** What a store promises of what moderators are to look at. */
export function casesSuite(bench: () => Workbench): void {
  const cases = (): Cases => {
    if (!bench().store.cases) throw new Error("the store keeps no cases");
    return bench().store.cases as Cases;
  };
  const listed = async (query: Partial<CasesQuery> = {}): Promise<readonly ModerationCase[]> =>
    (await cases().page({ isOpen: true, order: "newest", limit: 10, ...query })).items;
  const set = (userId: string, subject: NoteSubject, value: NoteValue): Draft => ({
    ...{ type: "note.set", conversationId: `~/${userId}`, subject, value },
  });
  const report = (userId: string, messageId: string, text?: string): Draft =>
    set(userId, { kind: "report", conversationId: "a", messageId }, text === undefined ? {} : { text });
  const appeal = (userId: string, messageId: string, text: string): Draft =>
    set(userId, { kind: "appeal", conversationId: "a", messageId }, { text });
  const remove = (messageId: string, reason: string): Draft => ({
    ...{ type: "message.delete", conversationId: "a", messageId, reason },
  });
  const said = async (userId: string, text: string, flags: NonNullable<Judged["flags"]>): Promise<string> => {
    const item = bench().submission(userId, message("a", text));
    await bench().outcome({ ...item, judged: { flags } });
    return item.command.commandId;
  };
  /** As it is now. */
  const decide = async (id: string, decision: CaseDecision, who: ReturnType<typeof by>): Promise<boolean> =>
    cases().decide({ id, revision: (await cases().find(id))?.revision ?? 0 }, decision, who);
  const edit = (messageId: string, text: string): Draft => ({
    ...{ type: "message.edit", conversationId: "a", messageId, content: { text } },
  });
  const by = (actorId: string): { actorId: string; at: number } => ({ actorId, at: (bench().at += 1) });

  describe("what moderators are to look at", () => {
    beforeEach(() => bench().group("a", "ada", "bob", "cy", "dan"));

    it("[D2] is one case however many point at it, and however often; who reported it is not told (row D24)", async () => {
      const messageId = await said("bob", "odd", [{ reason: "rule one", score: 0.25 }]);
      const again = bench().submission("cy", report("cy", messageId, "rude"));
      await bench().commit(again, again);
      await bench().accepted("cy", report("cy", messageId, "very rude"));
      await bench().accepted("dan", report("dan", messageId));
      const [one, ...others] = await listed();
      expect(others).toEqual([]);
      expect(one).toMatchObject({
        ...{ conversationId: "a", messageId, userId: "bob", status: "open", reports: 2, urgency: 225 },
        message: { content: { text: "odd" } },
      });
      expect(one?.flags.map(({ source, reason, score }) => [source, reason, score])).toEqual([
        ["person", "", undefined],
        ["person", "very rude", undefined],
        ["rule", "rule one", 0.25],
      ]);
      expect(JSON.stringify(one)).not.toMatch(/"(cy|dan)"/u);
      expect(await cases().find(one?.id ?? "")).toEqual(one);
      expect(await cases().find("none")).toBeUndefined();
    });

    it("[D8] is nothing that whoever reports it cannot see; to them it does not exist", async () => {
      await bench().group("b", "eve", "bob");
      const messageId = await bench().said("bob", "a", "here");
      const elsewhere = await bench().said("bob", "b", "there");
      const refused = async (userId: string, subject: NoteSubject): Promise<string> =>
        (await bench().refused(userId, set(userId, subject, {}))).code;
      const of = { kind: "report", conversationId: "a" } as const;
      const nowhere = { kind: "report", conversationId: "none" } as const;
      for (const where of [of, nowhere]) {
        expect(await refused("eve", { ...where, messageId })).toBe("conversation/not-found");
        expect(await refused("eve", { ...where, userId: "bob" })).toBe("conversation/not-found");
      }
      expect(await refused("cy", { ...of, messageId: elsewhere })).toBe("message/not-found");
      expect(await refused("cy", { ...of, userId: "eve" })).toBe("participant/not-found");
      expect(await refused("bob", { ...of, messageId })).toBe("permission/denied");
      expect(await refused("bob", { ...of, userId: "bob" })).toBe("command/malformed");
      await bench().accepted("ada", { type: "participant.remove", conversationId: "a", userId: "cy" });
      expect(await refused("cy", { ...of, messageId })).toBe("conversation/not-found");
      expect(await listed()).toEqual([]);
    });

    it("is decided once; approved, it comes back when its message says something else", async () => {
      const messageId = await bench().said("bob", "a", "one");
      await bench().accepted("cy", report("cy", messageId, "no"));
      const [{ id } = { id: "" }] = await listed();
      expect(await decide(id, "approve", by("ada"))).toBe(true);
      expect(await decide(id, "approve", by("dan"))).toBe(false);
      await bench().accepted("dan", report("dan", messageId, "still no"));
      expect(await listed()).toEqual([]);
      expect(await listed({ isOpen: false })).toMatchObject([
        { id, status: "approved", decidedBy: "ada", reports: 2 },
      ]);
      const content = { text: "two" };
      await bench().accepted("bob", { type: "message.edit", conversationId: "a", messageId, content });
      await bench().accepted("ada", report("ada", messageId, "now yes"));
      expect(await listed()).toMatchObject([{ id, status: "open" }]);
      const log = await bench().store.audit?.page({ by: "subject", id: messageId, limit: 10 });
      expect(log?.items).toMatchObject([{ actorId: "ada", action: "case.approve", conversationId: "a" }]);
    });

    it("is about a person whom a rule has seen call a conversation something, each time anew (row D24)", async () => {
      const name = async (text: string): Promise<void> => {
        const draft: Draft = { type: "conversation.update", conversationId: "a", name: text };
        const flags = [{ reason: "rule one", score: 0.5 }];
        await bench().outcome({ ...bench().submission("ada", draft), judged: { name: `*${text}`, flags } });
      };
      await name("odd");
      const seen = (text: string) => ({
        ...{ conversationId: "a", userId: "ada", status: "open", reports: 0, urgency: 50 },
        flags: [{ source: "rule", reason: "rule one", score: 0.5, said: { text } }],
      });
      expect(await listed()).toMatchObject([seen("*odd")]);
      const [{ id, messageId } = { id: "" }] = await listed();
      expect(messageId).toBeUndefined();
      expect(await decide(id, "approve", by("bob"))).toBe(true);
      expect(await listed()).toEqual([]);
      await name("odder");
      expect(await listed()).toMatchObject([{ id, ...seen("*odder") }]);
    });

    it("is decided as it was seen: what was edited meanwhile is another, and is opened by the next report", async () => {
      const messageId = await bench().said("bob", "a", "scum");
      await bench().accepted("cy", report("cy", messageId));
      await bench().accepted("bob", edit(messageId, "nice day"));
      const [seen = { id: "", revision: 0 }] = await listed();
      await bench().accepted("bob", edit(messageId, "scum again"));
      for (const decision of ["approve", "remove", "ban"] as const)
        expect(await cases().decide(seen, decision, by("ada"))).toBe(false);
      expect(await decide(seen.id, "approve", by("ada"))).toBe(true);
      const early = by("bob").at;
      await bench().accepted("bob", edit(messageId, "worse"), { at: early - 10 });
      await bench().accepted("dan", report("dan", messageId));
      expect(await listed()).toMatchObject([{ id: seen.id, status: "open" }]);
    });

    it("shows what was pointed at, whatever its author has made of it since", async () => {
      const messageId = await bench().said("bob", "a", "vile");
      await bench().accepted("cy", report("cy", messageId, "look"));
      expect((await listed())[0]?.said).toBeUndefined();
      await bench().accepted("bob", edit(messageId, "clean"));
      const flags = [{ reason: "look", said: { text: "vile" } }];
      expect(await listed()).toMatchObject([
        { message: { content: { text: "clean" } }, said: { text: "vile" }, flags },
      ]);
      await bench().accepted("bob", { type: "message.delete", conversationId: "a", messageId });
      expect(await listed()).toMatchObject([{ said: { text: "vile" }, flags }]);
    });

    it("[D9] weighs the worst rule once, keeps a bounded number of rules, and counts a person once", async () => {
      const rules = Array.from({ length: MOST_FLAGS + 5 }, (_, rule) => ({
        reason: `${rule}`,
        score: rule / 50,
      }));
      const messageId = await said("bob", "odd", rules);
      expect(await listed()).toMatchObject([{ urgency: 48, reports: 0 }]);
      for (const text of ["one", "two"]) await bench().accepted("cy", report("cy", messageId, text));
      const [found] = await listed({ limit: 1 });
      expect(found).toMatchObject({ urgency: 148, reports: 1 });
      expect(found?.flags[0]).toMatchObject({ source: "person", reason: "two" });
      let kept = 0;
      const archive = await bench().store.archive?.read({ of: "server" });
      for await (const lines of archive?.pages ?? [])
        kept += lines.filter(({ type }) => type === "flag").length;
      expect(kept).toBe(MOST_FLAGS + 1);
    });

    it("[D9] about a person is opened again only by somebody who is new", async () => {
      const person = (userId: string, text: string): Draft =>
        set(userId, { kind: "report", conversationId: "a", userId: "bob" }, { text });
      await bench().accepted("cy", person("cy", "him"));
      const [{ id } = { id: "" }] = await listed();
      expect(await decide(id, "approve", by("ada"))).toBe(true);
      await bench().accepted("cy", person("cy", "him, again"));
      expect(await listed()).toEqual([]);
      await bench().accepted("dan", person("dan", "me too"));
      expect(await listed()).toMatchObject([{ id, reports: 2 }]);
    });

    it("is removed by whoever deletes the message, and says what it said; what took effect counts (row D24)", async () => {
      const messageId = await said("bob", "bad", [{ reason: "rule", score: 1 }]);
      const [{ id } = { id: "" }] = await listed();
      expect(await decide(id, "approve", by("dan"))).toBe(true);
      await bench().accepted("ada", remove(messageId, "not here"));
      expect(await decide(id, "remove", by("ada"))).toBe(true);
      for (const decision of ["approve", "remove"] as const)
        expect(await decide(id, decision, by("dan"))).toBe(false);
      expect(await cases().find(id)).toMatchObject({
        ...{ status: "removed", decidedBy: "ada", said: { text: "bad" } },
        message: { moderated: true, reason: "not here", content: { text: "" } },
      });
      expect(await decide(id, "ban", by("dan"))).toBe(true);
      for (const decision of ["approve", "remove", "ban"] as const)
        expect(await decide(id, decision, by("ada"))).toBe(false);
      expect(await cases().find(id)).toMatchObject({ status: "banned", decidedBy: "dan" });
      // What its author takes back is nothing that moderators have removed.
      const own = await bench().said("bob", "a", "oops");
      await bench().accepted("bob", remove(own, "mine"));
      expect(await listed({ isOpen: false })).toHaveLength(1);
    });

    it("is appealed against once, by its author, while it is removed", async () => {
      const messageId = await bench().said("bob", "a", "fine");
      const code = async (userId: string, text: string): Promise<string> =>
        (await bench().refused(userId, appeal(userId, messageId, text))).code;
      expect(await code("bob", "too early")).toBe("permission/denied");
      await bench().accepted("ada", remove(messageId, "no"));
      expect(await code("cy", "not mine")).toBe("permission/denied");
      expect(await code("bob", " ")).toBe("command/malformed");
      await bench().accepted("bob", appeal("bob", messageId, "it was a quote"));
      await bench().accepted("bob", appeal("bob", messageId, "it was a quote"));
      expect(await code("bob", "and again")).toBe("moderation/appealed");
      const [one] = await listed();
      expect(one).toMatchObject({ status: "appealed", appeal: "it was a quote", urgency: 100 });
      // Whoever had read it before the author said anything has not answered that.
      const { id = "", revision = 0 } = one ?? {};
      expect(await cases().decide({ id, revision: revision - 1 }, "remove", by("dan"))).toBe(false);
      expect(await decide(id, "approve", by("dan"))).toBe(true);
      for (const decision of ["remove", "ban"] as const)
        expect(await decide(id, decision, by("ada"))).toBe(false);
      expect(await listed({ isOpen: false })).toMatchObject([{ status: "approved", decidedBy: "dan" }]);
    });

    it("comes in pages, the newest or the most urgent first, of one conversation or of all", async () => {
      await bench().group("b", "eve", "bob");
      const ids: string[] = [];
      for (const score of [0.5, 0.9, 0.1]) ids.push(await said("bob", "x", [{ reason: "r", score }]));
      const person: NoteSubject = { kind: "report", conversationId: "b", userId: "bob" };
      await bench().accepted("eve", set("eve", person, { text: "him" }));
      const all = async (query: Partial<CasesQuery>): Promise<unknown[]> => {
        const found: unknown[] = [];
        let after: string | undefined;
        do {
          const page = await cases().page({ isOpen: true, order: "newest", limit: 2, ...query, after });
          found.push(...page.items.map((each) => each.messageId ?? each.userId));
          after = page.next;
        } while (after !== undefined);
        return found;
      };
      expect(await all({})).toEqual(["bob", ids[2], ids[1], ids[0]]);
      expect(await all({ order: "urgent" })).toEqual(["bob", ids[1], ids[0], ids[2]]);
      expect(await all({ conversationId: "a", order: "urgent" })).toEqual([ids[1], ids[0], ids[2]]);
      expect(await all({ conversationId: "b" })).toEqual(["bob"]);
      expect(await all({ isOpen: false })).toEqual([]);
      expect(await all({ except: "bob" })).toEqual([]);
      expect(await all({ except: "eve", conversationId: "b" })).toEqual(["bob"]);
    });

    it("is forgotten with the person it is about, with its conversation, and once it was decided long ago", async () => {
      const messageId = await bench().said("bob", "a", "one");
      const other = await bench().said("cy", "a", "two");
      await bench().accepted("cy", report("cy", messageId, "words of cy"));
      await bench().accepted("bob", report("bob", other, "words of bob"));
      await bench().store.upkeep?.forget("bob", bench().at);
      const [left, ...none] = await listed();
      expect(none).toEqual([]);
      expect(left).toMatchObject({ messageId: other, reports: 1, flags: [{ reason: "" }] });
      await decide(left?.id ?? "", "approve", by("ada"));
      expect(await cases().forget(bench().at)).toBe(0);
      expect(await cases().forget(bench().at + 1)).toBe(1);
      await bench().accepted("ada", report("ada", other, "again"));
      await bench().accepted("ada", set("ada", { kind: "report", conversationId: "a", userId: "cy" }, {}));
      expect(await cases().forget(bench().at + 1)).toBe(0);
      expect(await listed()).toHaveLength(2);
      await bench().said("ada", "a", "the last");
      await bench().store.upkeep?.prune({ now: 0, before: 0, newest: 1, rememberedSince: 0 });
      expect(await cases().forget(bench().at)).toBe(1);
      expect(await listed()).toMatchObject([{ userId: "cy", reports: 1 }]);
      await bench().store.upkeep?.forgetConversation("a");
      expect(await listed()).toEqual([]);
    });
  });
}
