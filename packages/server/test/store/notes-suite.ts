import type { NoteKind, NoteRecord, NoteSubject, NoteValue } from "@tidings/core/protocol";
import { notebookOf } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import type { Kept, KeptPage } from "../../src/store/kept.ts";
import type { Store } from "../../src/store/store.ts";
import { type Draft, newId } from "../support/raw-client.ts";
import type { Workbench } from "./workbench.ts";

const of = (kind: NoteKind, conversationId: string, messageId?: string): NoteSubject => ({
  ...{ kind, conversationId },
  ...(messageId !== undefined && { messageId }),
});

const set = (userId: string, subject: NoteSubject, value: NoteValue = {}): Draft => ({
  ...{ type: "note.set", conversationId: notebookOf(userId) },
  ...{ subject, value },
});

const clear = (userId: string, subject: NoteSubject): Draft => ({
  ...{ type: "note.clear", conversationId: notebookOf(userId), subject },
});

const mine = { conversationId: notebookOf("ada"), limit: 100 } as const;

/** What a store promises of notes. */
export function notesSuite(bench: () => Workbench, reopen: (store: Store) => Promise<Store>): void {
  const notes = async (kind?: NoteKind): Promise<readonly NoteRecord[]> =>
    (await bench().query("ada", { type: "notes", ...mine, ...(kind && { kind }) })).items;

  describe("notes", () => {
    it("stand in a notebook that the first of a batch begins, in pages, by kind", async () => {
      const { commit, submission } = bench();
      const drafts = [
        set("ada", of("pinned", "b")),
        set("ada", of("draft", "a"), { text: "so" }),
        set("ada", of("pinned", "a")),
        set("ada", of("draft", "a"), { text: "so be it" }),
      ];
      const outcomes = await commit.call(
        bench(),
        ...drafts.map((each) => submission.call(bench(), "ada", each)),
      );
      expect(outcomes.map((outcome) => outcome.ok && outcome.ack.changes.map(({ rev }) => rev))).toEqual([
        [1, 2, 3],
        [4],
        [5],
        [6],
      ]);
      const shown = (items: readonly NoteRecord[]): readonly unknown[] =>
        items.map(({ subject, value, rev }) => [subject.kind, subject.conversationId, value, rev]);
      const all = [
        ["draft", "a", { text: "so be it" }, 6],
        ["pinned", "a", {}, 5],
        ["pinned", "b", {}, 3],
      ];
      expect(shown(await notes())).toEqual(all);
      expect(shown(await notes("pinned"))).toEqual(all.slice(1));
      expect(await notes("bookmark")).toEqual([]);
      const first = await bench().query("ada", { type: "notes", ...mine, kind: "pinned", limit: 1 });
      const rest = await bench().query("ada", {
        type: "notes",
        ...mine,
        kind: "pinned",
        limit: 1,
        after: first.next ?? "",
      });
      expect(shown([...first.items, ...rest.items])).toEqual(all.slice(1));
      expect(rest).not.toHaveProperty("next");
    });

    it("are caught up on, those that were let go too, and counted", async () => {
      await bench().accepted("ada", set("ada", of("pinned", "a")));
      await bench().accepted("ada", set("ada", of("archived", "b")));
      await bench().accepted("ada", clear("ada", of("pinned", "a")));
      const { records, upTo } = await bench().query("ada", { type: "changes", ...mine, afterRev: 3 });
      expect(records).toMatchObject([
        { type: "note", rev: 4, subject: of("archived", "b"), value: {} },
        { type: "note", rev: 5, subject: of("pinned", "a") },
      ]);
      expect([records[1] && "value" in records[1], upTo]).toEqual([false, 5]);
      expect(await notes()).toHaveLength(1);
      const limits = { notes: 1, textLength: 10 };
      const submission = bench().submission("ada", set("ada", of("draft", "a"), { text: "so" }));
      const context = { ...submission.context, limits: { ...submission.context.limits, ...limits } };
      expect(await bench().outcome({ ...submission, context })).toMatchObject({
        ok: false,
        code: "note/limit",
      });
    });

    it("are in no list of conversations, but among those a link is told of", async () => {
      await bench().group("a", "ada");
      await bench().accepted("ada", set("ada", of("pinned", "a")));
      const { items } = await bench().query("ada", { type: "conversations", limit: 10 });
      expect(items.map(({ conversation }) => conversation.conversationId)).toEqual(["a"]);
      const memberships = await bench().store.memberships("ada");
      expect(memberships.map(({ head }) => head.conversationId).sort()).toEqual(["a", notebookOf("ada")]);
    });

    it("[D2] are kept once, and answered alike, also after a restart", async () => {
      const item = bench().submission("ada", set("ada", of("bookmark", "a", newId())));
      const { ack } = { ack: undefined, ...(await bench().outcome(item)) };
      const again = await bench().outcome(item);
      expect(again).toMatchObject({ ok: true, isKnown: true, ack: { changes: ack ? ack["changes"] : [] } });
      bench().store = await reopen(bench().store);
      expect(await bench().outcome(item)).toMatchObject({ ok: true, isKnown: true, ack });
      expect(await notes()).toHaveLength(1);
    });

    it("[D8] are nobody else's: a notebook that is there looks like one that is not (row E4)", async () => {
      await bench().accepted("ada", set("ada", of("draft", "a"), { text: "secret" }));
      const { conversationId } = mine;
      for (const [there, missing] of [
        [
          { type: "notes", ...mine },
          { type: "notes", ...mine, conversationId: notebookOf("nobody") },
        ],
        [
          { type: "changes", ...mine, afterRev: 0 },
          { type: "changes", ...mine, afterRev: 0, conversationId: notebookOf("nobody") },
        ],
        [
          { type: "conversation", conversationId },
          { type: "conversation", conversationId: notebookOf("nobody") },
        ],
      ] as const) {
        expect(await bench().refusal("eve", there)).toEqual(await bench().refusal("eve", missing));
      }
      expect(await bench().refused("eve", set("ada", of("draft", "a"), { text: "x" }))).toEqual(
        await bench().refused("eve", set("nobody", of("draft", "a"), { text: "x" })),
      );
      const create = (userId: string): Draft => ({
        ...{ type: "conversation.create", conversationId: notebookOf(userId), kind: "group" },
      });
      expect(await bench().refused("eve", create("ada"))).toEqual(
        await bench().refused("eve", create("nobody")),
      );
    });

    it("belong to what is kept of a person, and are gone with them", async () => {
      await bench().accepted("ada", set("ada", of("pinned", "a")));
      const kept: Kept[] = [];
      for (let next: string | undefined = ""; next !== undefined;) {
        const page: KeptPage | undefined = await bench().store.upkeep?.kept("ada", next || undefined);
        kept.push(...(page?.items ?? []));
        next = page?.next;
      }
      expect(kept.filter(({ type }) => type === "note")).toMatchObject([{ subject: of("pinned", "a") }]);
      await bench().store.upkeep?.forget("ada", 2_000_000);
      expect(await bench().refusal("ada", { type: "notes", ...mine })).toMatchObject({
        code: "conversation/not-found",
      });
      expect(await bench().store.memberships("ada")).toEqual([]);
      // Whoever comes back begins anew.
      await bench().accepted("ada", set("ada", of("muted", "a"), { until: 5 }));
      expect(await notes()).toHaveLength(1);
    });
  });
}
