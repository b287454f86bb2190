import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ConversationRetention, defaultPolicy, type MessageRecord } from "@tidings/core/protocol";
import type { AuditQuery } from "../../src/store/audit.ts";
import type { Kept } from "../../src/store/kept.ts";
import type { Store } from "../../src/store/store.ts";
import type { Retention } from "../../src/store/upkeep.ts";
import { type Draft, message } from "../support/raw-client.ts";
import { filesSuite } from "./files-suite.ts";
import { casesSuite } from "./cases-suite.ts";
import { eraseSuite } from "./erase-suite.ts";
import { eraseConversationSuite } from "./erase-conversation-suite.ts";
import { figuresSuite } from "./figures-suite.ts";
import { blocksSuite } from "./blocks-suite.ts";
import { judgedSuite } from "./judged-suite.ts";
import { notesSuite } from "./notes-suite.ts";
import { plannedFilesSuite } from "./planned-files-suite.ts";
import { plansSuite } from "./plans-suite.ts";
import { previewsSuite } from "./previews-suite.ts";
import { pushSuite } from "./push-suite.ts";
import { pollsSuite } from "./polls-suite.ts";
import { relationsSuite } from "./relations-suite.ts";
import { type StoreFactory, Workbench } from "./workbench.ts";

/** The contract of a store, for every implementation: what it commits, remembers, answers and keeps to itself. */
export function storeSuite(name: string, factory: StoreFactory): void {
  describe(`the contract of a store: ${name}`, () => {
    let bench: Workbench;
    beforeEach(async () => {
      bench = new Workbench(await factory.open());
    });
    afterEach(() => bench.store.close());

    describe("commits", () => {
      it("numbers changes densely per conversation, and messages in their order", async () => {
        await bench.group("a", "ada", "bob");
        await bench.group("b", "ada");
        const outcomes = await bench.commit(
          bench.submission("ada", message("a", "1")),
          bench.submission("ada", message("b", "1")),
          bench.submission("bob", message("a", "2")),
        );
        const places = outcomes.map((outcome) => {
          if (!outcome.ok) throw new Error(outcome.message);
          const [change] = outcome.ack.changes;
          return change?.record.type === "message"
            ? [change.conversationId, change.rev, change.record.seq]
            : [];
        });
        expect(places).toEqual([
          ["a", 4, 1],
          ["b", 3, 1],
          ["a", 5, 2],
        ]);
      });

      it("answers each command for itself: one refused does not touch the others", async () => {
        await bench.group("a", "ada");
        const outcomes = await bench.commit(
          bench.submission("ada", message("a", "1")),
          bench.submission("eve", message("a", "let me in")),
          bench.submission("ada", message("nowhere", "?")),
          bench.submission("ada", message("a", "2")),
        );
        expect(outcomes.map((outcome) => (outcome.ok ? outcome.ack.changes[0]?.rev : outcome.code))).toEqual([
          3,
          "conversation/not-found",
          "conversation/not-found",
          4,
        ]);
      });

      it("sees within a batch what the batch has done", async () => {
        const send = bench.submission("bob", message("a", "hi"));
        const { commandId: messageId } = send.command;
        const outcomes = await bench.commit(
          bench.submission("ada", { type: "conversation.create", conversationId: "a", kind: "group" }),
          bench.submission("ada", { type: "participant.add", conversationId: "a", userId: "bob" }),
          send,
          bench.submission("ada", { type: "message.react", conversationId: "a", messageId, emoji: "👍" }),
          bench.submission("ada", { type: "message.react", conversationId: "a", messageId, emoji: "👍" }),
          bench.submission("bob", {
            type: "message.edit",
            conversationId: "a",
            messageId,
            content: { text: "hi!" },
          }),
          bench.submission("ada", { type: "message.unreact", conversationId: "a", messageId, emoji: "👍" }),
        );
        expect(outcomes.map((outcome) => outcome.ok && outcome.ack.changes.map(({ rev }) => rev))).toEqual([
          [1, 2],
          [3],
          [4],
          [5],
          [],
          [6],
          [7],
        ]);
        const { messages } = await bench.query("ada", { type: "history", conversationId: "a", limit: 10 });
        expect(messages).toMatchObject([{ rev: 7, content: { text: "hi!" }, reactions: [], version: 1 }]);
      });

      it("asks before each command it would apply, in order, and obeys", async () => {
        await bench.group("a", "ada");
        const items = ["1", "2", "3"].map((text) => bench.submission("ada", message("a", text)));
        const asked: unknown[] = [];
        const outcomes = await bench.store.commit(items, (item, isKnown) => {
          asked.push([items.indexOf(item), isKnown]);
          return item === items[1]
            ? { ok: false, code: "rate/limited", message: "", retryAfterMs: 5 }
            : undefined;
        });
        expect(asked).toEqual([
          [0, false],
          [1, false],
          [2, false],
        ]);
        expect(outcomes[1]).toMatchObject({ ok: false, code: "rate/limited", retryAfterMs: 5 });
        expect(outcomes[2]).toMatchObject({ ok: true, head: { rev: 4, seq: 2 } });
      });

      it("tells where the conversation stands after each command", async () => {
        await bench.group("a", "ada");
        const [first, second] = await bench.commit(
          bench.submission("ada", message("a", "1")),
          bench.submission("ada", message("a", "2")),
        );
        expect(first).toMatchObject({
          head: { conversationId: "a", rev: 3, seq: 1 },
          settings: { receipts: true },
        });
        expect(second).toMatchObject({ head: { rev: 4, seq: 2 } });
      });
    });

    describe("memory of answers", () => {
      it("[D2] gives the same command the same answer, in one batch, later, and after a restart", async () => {
        await bench.group("a", "ada", "bob");
        const send = bench.submission("ada", message("a", "once"));
        const react = bench.submission("bob", {
          type: "message.react",
          conversationId: "a",
          messageId: send.command.commandId,
          emoji: "🎉",
        });
        const [first, second] = await bench.commit(send, send, react, react);
        expect(first).toMatchObject({ ok: true, isKnown: false });
        expect(second).toMatchObject({ ok: true, isKnown: true });
        bench.store = await factory.reopen(bench.store);
        const [third, fourth] = await bench.commit(send, react);
        expect(fourth).toMatchObject({
          ok: true,
          isKnown: true,
          ack: { changes: [{ rev: 5, emoji: "🎉" }] },
        });
        // The record has moved on since; the change says so by its rev.
        expect(third).toMatchObject({ ok: true, ack: { changes: [{ rev: 5, kind: "message.send" }] } });
        const { messages } = await bench.query("ada", { type: "history", conversationId: "a", limit: 10 });
        expect(messages).toMatchObject([
          { id: send.command.commandId, reactions: [{ emoji: "🎉", count: 1 }] },
        ]);
      });

      it("[D2] repeats a refusal, though it would be accepted by now", async () => {
        await bench.group("a", "ada");
        const early = bench.submission("bob", message("a", "too early"));
        expect(await bench.outcome(early)).toMatchObject({ ok: false, code: "conversation/not-found" });
        await bench.accepted("ada", { type: "participant.add", conversationId: "a", userId: "bob" });
        expect(await bench.outcome(early)).toMatchObject({ ok: false, code: "conversation/not-found" });
      });

      it("[D2] repeats why something was refused without a look at its conversation, though nothing stands against it by now", async () => {
        await bench.group("a", "ada");
        const send = bench.submission("ada", message("a", "again"));
        const obstacle = { ok: false, code: "participant/unreachable", message: "" } as const;
        expect(await bench.outcome({ ...send, obstacle })).toMatchObject(obstacle);
        expect(await bench.outcome(send)).toMatchObject(obstacle);
      });

      it("[D2] remembers nothing of what was not admitted", async () => {
        await bench.group("a", "ada");
        const send = bench.submission("ada", message("a", "again"));
        await bench.store.commit([send], () => ({ ok: false, code: "rate/limited", message: "" }));
        expect(await bench.outcome(send)).toMatchObject({ ok: true, isKnown: false });
      });

      it("[D8] does not give anyone the answer to someone else's command", async () => {
        await bench.group("a", "ada", "bob");
        const send = bench.submission("ada", message("a", "mine"));
        const leave = bench.submission("bob", { type: "participant.leave", conversationId: "a" });
        await bench.commit(send, leave);
        for (const { command, context } of [send, leave]) {
          const theirs = { command, context: { ...context, actorId: "eve" } };
          expect(await bench.outcome(theirs)).toMatchObject({ ok: false, code: "command/id-taken" });
        }
      });

      it("[D8] gives someone who was removed no more than the first answer said", async () => {
        await bench.group("a", "ada", "bob");
        const react = bench.submission("bob", message("a", "before"));
        await bench.outcome(react);
        const rename = bench.submission("ada", {
          type: "conversation.update",
          conversationId: "a",
          name: "secret",
        });
        const leave = bench.submission("bob", { type: "participant.leave", conversationId: "a" });
        const [left] = await bench.commit(leave, rename);
        expect(await bench.outcome(leave)).toMatchObject({ ack: left?.ok && left.ack });
        expect(await bench.outcome(react)).toMatchObject({ ok: true, ack: { changes: [] } });
      });

      it("[D9] forgets old answers, but never that a message was sent", async () => {
        await bench.group("a", "ada");
        const send = bench.submission("ada", message("a", "for ever"));
        const rename = bench.submission("ada", {
          type: "conversation.update",
          conversationId: "a",
          name: "one",
        });
        await bench.commit(send, rename);
        await bench.accepted("ada", { type: "conversation.update", conversationId: "a", name: "two" });
        expect(await bench.store.forgetAnswers(rename.context.at)).toBe(1); // The group's.
        expect(await bench.outcome(rename)).toMatchObject({ isKnown: true });
        expect(await bench.store.forgetAnswers(rename.context.at + 1)).toBe(1);
        expect(await bench.outcome(rename)).toMatchObject({ isKnown: false });
        expect(await bench.outcome(send)).toMatchObject({ isKnown: true });
      });

      it("leaves nothing of a deleted text in an answer", async () => {
        await bench.group("a", "ada");
        const send = bench.submission("ada", message("a", "regretted"));
        const { commandId: messageId } = send.command;
        await bench.commit(
          send,
          bench.submission("ada", { type: "message.delete", conversationId: "a", messageId }),
        );
        expect(JSON.stringify(await bench.outcome(send))).not.toContain("regretted");
        const versions = await bench.query("ada", { type: "versions", conversationId: "a", messageId });
        expect(versions).toEqual([]);
      });
    });

    describe("answers", () => {
      it("catches up page by page to the same records a witness of every change has", async () => {
        await bench.group("a", "ada", "bob", "cy");
        const ids: string[] = [];
        for (let index = 0; index < 40; index += 1) ids.push(await bench.said("ada", "a", `number ${index}`));
        const touch = async (index: number, emoji: string): Promise<void> => {
          const messageId = ids[index] ?? "";
          await bench.accepted("bob", { type: "message.react", conversationId: "a", messageId, emoji });
        };
        for (const index of [3, 17, 3, 39, 0]) await touch(index, `${index % 2 === 0 ? "👍" : "🎈"}`);
        await bench.accepted("cy", { type: "participant.leave", conversationId: "a" });
        await bench.accepted("ada", { type: "conversation.update", conversationId: "a", name: "renamed" });
        await bench.said("bob", "a", "last");

        for (const afterRev of [0, 1, 4, 5, 20, 43, 44, 46, 48, 49, 50, 51]) {
          for (const limit of [1, 3, 7, 100]) {
            const revs: number[] = [];
            let from = afterRev;
            for (let more = true; more;) {
              const page = await bench.query("ada", {
                type: "changes",
                conversationId: "a",
                afterRev: from,
                limit,
              });
              revs.push(...page.records.map(({ rev }) => rev));
              expect(page.upTo).toBeGreaterThanOrEqual(revs.at(-1) ?? afterRev);
              more = page.upTo < page.head.rev;
              from = page.upTo;
            }
            expect({ afterRev, limit, revs }).toEqual({
              afterRev,
              limit,
              revs: latest.filter((rev) => rev > afterRev),
            });
          }
        }
      });

      /** The revisions of the records above, each at its last change. */
      const latest = [
        2,
        3,
        ...Array.from({ length: 40 }, (_, index) => index + 5).filter((rev) => ![5, 8, 22, 44].includes(rev)),
        45,
        46,
        47,
        48,
        49,
        50,
        51,
      ];

      it("[D4] catches up on what one commit has sent and then changed", async () => {
        await bench.group("a", "ada", "bob");
        const first = bench.submission("ada", message("a", "one"));
        const { commandId: messageId } = first.command;
        const second = bench.submission("ada", message("a", "two"));
        const edit = {
          type: "message.edit",
          conversationId: "a",
          messageId,
          content: { text: "one, edited" },
        };
        const outcomes = await bench.commit(first, second, bench.submission("ada", edit as Draft));
        expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true]);
        for (const afterRev of [0, 3, 4, 5]) {
          const page = await bench.query("bob", {
            type: "changes",
            conversationId: "a",
            afterRev,
            limit: 10,
          });
          const revs = page.records.flatMap(({ type, rev }) => (type === "message" ? [rev] : []));
          expect({ afterRev, revs }).toEqual({ afterRev, revs: [5, 6].filter((rev) => rev > afterRev) });
        }
      });

      it("[D4] tells who knows more than there is to begin anew", async () => {
        await bench.group("a", "ada");
        const query = { type: "changes", conversationId: "a", afterRev: 900, limit: 10 } as const;
        expect(await bench.query("ada", query)).toMatchObject({ reset: true, records: [], upTo: 900 });
      });

      it("catches up on some kinds of records only", async () => {
        await bench.group("a", "ada", "bob");
        await bench.said("ada", "a", "hello");
        const page = await bench.query("ada", {
          type: "changes",
          conversationId: "a",
          afterRev: 0,
          limit: 10,
          kinds: ["message", "conversation"],
        });
        expect(page.records.map(({ type }) => type)).toEqual(["conversation", "message"]);
        expect(page).toMatchObject({ upTo: 4, reset: false, head: { rev: 4, seq: 1 } });
      });

      it("pages history exactly: newest, before, after, between and around", async () => {
        await bench.group("a", "ada");
        for (let index = 1; index <= 10; index += 1) await bench.said("ada", "a", String(index));
        const pages = [
          [{ limit: 3 }, [8, 9, 10]],
          [{ limit: 3, before: 8 }, [5, 6, 7]],
          [{ limit: 30, before: 3 }, [1, 2]],
          [{ limit: 3, before: 1 }, []],
          [{ limit: 3, after: 8 }, [9, 10]],
          [{ limit: 3, after: 2 }, [3, 4, 5]],
          [{ limit: 5, after: 2, before: 5 }, [3, 4]],
          [{ limit: 5, around: 5 }, [3, 4, 5, 6, 7]],
          [{ limit: 4, around: 1 }, [1, 2, 3, 4]],
          [{ limit: 4, around: 10 }, [8, 9, 10]],
          [{ limit: 4, around: 99 }, [9, 10]],
        ] as const;
        for (const [query, seqs] of pages) {
          const page = await bench.query("ada", { type: "history", conversationId: "a", ...query });
          expect({ query, seqs: page.messages.map(({ seq }) => seq) }).toEqual({ query, seqs });
          expect([page.fromSeq, page.toSeq]).toEqual([seqs[0] ?? 0, seqs.at(-1) ?? 0]);
          expect(page).toMatchObject({ floorSeq: 1, head: { seq: 10 } });
        }
      });

      it("lists conversations by recent activity, page by page, also those active at the same moment", async () => {
        const at = 5_000_000;
        for (const id of ["a", "b", "c", "d", "e"]) await bench.group(id, "ada", "bob");
        for (const id of ["c", "a", "d"]) await bench.accepted("ada", message(id, "hi"), { at });
        await bench.accepted("ada", message("b", "later"), { at: at + 1 });
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const page = await bench.query("bob", {
            type: "conversations",
            limit: 2,
            ...(after !== undefined && { after }),
          });
          seen.push(...page.items.map(({ conversation }) => conversation.conversationId));
          after = page.next;
        } while (after !== undefined);
        expect(seen).toEqual(["b", "d", "c", "a", "e"]);
        expect(await bench.refusal("bob", { type: "conversations", limit: 2, after: "?" })).toMatchObject({
          code: "query/malformed",
        });
        const memberships = await bench.store.memberships("bob");
        expect(memberships.map(({ head }) => head.conversationId)).toEqual(seen);
      });

      it("counts as unread what others said, is not deleted, and lies above the reader's watermark", async () => {
        await bench.group("a", "ada", "bob");
        const unread = async (): Promise<number> =>
          (await bench.query("bob", { type: "conversation", conversationId: "a" })).unread;
        const ids: string[] = [];
        for (const who of ["ada", "bob", "ada", "ada", "bob", "ada"])
          ids.push(await bench.said(who, "a", "hi"));
        expect(await unread()).toBe(4);
        await bench.accepted("bob", { type: "receipt.mark", conversationId: "a", readSeq: 3 });
        expect(await unread()).toBe(2);
        await bench.accepted("ada", { type: "message.delete", conversationId: "a", messageId: ids[5] ?? "" });
        await bench.accepted("bob", { type: "message.delete", conversationId: "a", messageId: ids[4] ?? "" });
        expect(await unread()).toBe(1);
        await bench.accepted("bob", { type: "receipt.mark", conversationId: "a", readSeq: 99 });
        expect(await unread()).toBe(0);
        await bench.accepted("bob", { type: "receipt.mark", conversationId: "a", readSeq: 1 });
        expect(await unread()).toBe(0);
      });

      it("pages members, watermarks and reactors by user, and names one's own reactions", async () => {
        const people = Array.from({ length: 12 }, (_, index) => `user-${String(index).padStart(2, "0")}`);
        await bench.group("a", "ada", ...people);
        const messageId = await bench.said("ada", "a", "vote");
        for (const userId of people) {
          await bench.accepted(userId, {
            type: "message.react",
            conversationId: "a",
            messageId,
            emoji: "👍",
          });
          await bench.accepted(userId, { type: "receipt.mark", conversationId: "a", deliveredSeq: 1 });
        }
        await bench.accepted("user-05", { type: "participant.leave", conversationId: "a" });

        const members = await bench.query("ada", { type: "participants", conversationId: "a", limit: 5 });
        expect(members.items.map(({ userId }) => userId)).toEqual(["ada", ...people.slice(0, 4)]);
        const more = await bench.query("ada", {
          type: "participants",
          conversationId: "a",
          limit: 50,
          after: members.next ?? "",
        });
        expect(more.items.map(({ userId }) => userId)).toEqual(
          people.filter((_, index) => index > 3 && index !== 5),
        );
        expect(more.next).toBeUndefined();

        const receipts = await bench.query("ada", { type: "receipts", conversationId: "a", limit: 50 });
        expect(receipts.items).toHaveLength(11);
        const reactors = { type: "reactors", conversationId: "a", messageId, emoji: "👍" } as const;
        const first = await bench.query("ada", { ...reactors, limit: 10 });
        expect(await bench.query("ada", { ...reactors, limit: 10, after: first.next ?? "" })).toEqual({
          items: people.slice(10),
        });
        expect(await bench.query("ada", { ...reactors, limit: 10, emoji: "🎈" })).toEqual({ items: [] });

        const history = { type: "history", conversationId: "a", limit: 10 } as const;
        expect((await bench.query("user-11", history)).own).toEqual({ [messageId]: ["👍"] });
        expect((await bench.query("user-00", history)).own).toEqual({}); // Among the names on the record.
        expect((await bench.query("ada", history)).own).toEqual({});
      });

      it("shows the watermarks of others only where receipts travel", async () => {
        await bench.group("a", "ada", "bob");
        await bench.said("ada", "a", "hi");
        for (const userId of ["ada", "bob"]) {
          await bench.accepted(userId, { type: "receipt.mark", conversationId: "a", readSeq: 1 });
        }
        const settings = { typing: true, receipts: false };
        await bench.accepted("ada", { type: "conversation.update", conversationId: "a", settings });
        const { items } = await bench.query("bob", { type: "receipts", conversationId: "a", limit: 10 });
        expect(items).toMatchObject([{ userId: "bob", readSeq: 1 }]);
      });

      it("keeps the earlier texts of an edited message", async () => {
        await bench.group("a", "ada", "bob");
        const messageId = await bench.said("ada", "a", "one");
        for (const text of ["two", "three"]) {
          await bench.accepted("ada", {
            type: "message.edit",
            conversationId: "a",
            messageId,
            content: { text },
          });
        }
        const versions = await bench.query("bob", { type: "versions", conversationId: "a", messageId });
        expect(versions).toMatchObject([
          { version: 0, content: { text: "one" } },
          { version: 1, content: { text: "two" }, replacedBy: "ada" },
        ]);
      });
    });

    relationsSuite(() => bench);
    figuresSuite(() => bench);
    eraseSuite(() => bench);
    eraseConversationSuite(() => bench);
    filesSuite(() => bench);
    previewsSuite(() => bench);
    pushSuite(() => bench);
    pollsSuite(() => bench);
    blocksSuite(() => bench);
    judgedSuite(() => bench);
    casesSuite(() => bench);
    notesSuite(
      () => bench,
      (store) => factory.reopen(store),
    );
    plansSuite(
      () => bench,
      (store) => factory.reopen(store),
    );
    plannedFilesSuite(
      () => bench,
      (store) => factory.reopen(store),
    );

    describe("retention", () => {
      const all = { now: 0, before: 0, newest: Infinity, rememberedSince: 0 };

      async function pruned(retention: Retention): Promise<number> {
        let removed = 0;
        let next: string | undefined;
        do {
          const page = await bench.store.upkeep?.prune(retention, next);
          removed += page?.removed ?? 0;
          next = page?.next;
        } while (next !== undefined);
        return removed;
      }

      it("keeps the newest messages, and of those only the young ones", async () => {
        await bench.group("a", "ada", "bob");
        await bench.group("b", "ada");
        const ids: string[] = [];
        for (let index = 1; index <= 10; index += 1) ids.push(await bench.said("ada", "a", String(index)));
        await bench.said("ada", "b", "alone");
        expect(await pruned(all)).toBe(0);
        expect(await pruned({ ...all, newest: 6 })).toBe(4);
        const history = { type: "history", conversationId: "a", limit: 100 } as const;
        const { messages } = await bench.query("bob", history);
        expect(messages.map(({ seq }) => seq)).toEqual([5, 6, 7, 8, 9, 10]);
        expect(await bench.query("bob", { ...history, before: 5 })).toMatchObject({
          messages: [],
          floorSeq: 5,
        });
        expect(await bench.query("bob", { type: "conversation", conversationId: "a" })).toMatchObject({
          unread: 6,
        });
        expect(await pruned({ ...all, before: messages[2]?.createdAt ?? 0 })).toBe(2);
        expect((await bench.query("bob", history)).messages.map(({ seq }) => seq)).toEqual([7, 8, 9, 10]);
        expect(await pruned({ ...all, before: Number.MAX_SAFE_INTEGER })).toBe(5);
        const empty = await bench.query("bob", history);
        expect(empty).toMatchObject({ messages: [], floorSeq: 11, head: { seq: 10 } });
        expect(await bench.query("bob", { type: "conversation", conversationId: "a" })).toMatchObject({
          unread: 0,
        });
        const changes = { type: "changes", conversationId: "a", afterRev: 0, limit: 100 } as const;
        expect((await bench.query("bob", changes)).records.map(({ type }) => type)).not.toContain("message");
        expect(await bench.accepted("ada", message("a", "on"))).toMatchObject({
          changes: [{ rev: 14, record: { seq: 11 } }],
        });
      });

      it("of a conversation's own counts where it keeps less than the server, and says what is gone (row C14)", async () => {
        const settings = (retention: ConversationRetention) => ({ typing: true, receipts: true, retention });
        const update = (conversationId: string, retention: ConversationRetention) =>
          bench.accepted("ada", {
            ...{ type: "conversation.update", conversationId },
            settings: settings(retention),
          });
        const places = ["a", "b", "c"];
        const sent: MessageRecord[] = [];
        for (const conversationId of places) {
          await bench.group(conversationId, "ada");
          for (let index = 0; index < 6; index += 1) await bench.said("ada", conversationId, String(index));
          const page = await bench.query("ada", { type: "history", conversationId, limit: 9 });
          sent.push(...page.messages);
        }
        await update("a", { maxMessages: 2 });
        const now = (sent[8]?.createdAt ?? 0) + 60_000;
        await update("b", { maxAgeMs: 60_000 });
        const kept = async (): Promise<readonly unknown[]> => {
          const pages = places.map((conversationId) =>
            bench.query("ada", { type: "history", conversationId, limit: 9 }),
          );
          return (await Promise.all(pages)).map(({ messages, floorSeq }) => [messages.length, floorSeq]);
        };
        const page = await bench.store.upkeep?.prune({ ...all, now });
        expect(page).toEqual({
          removed: 6,
          floors: [
            { conversationId: "a", floorSeq: 5 },
            { conversationId: "b", floorSeq: 3 },
          ],
        });
        expect(await kept()).toEqual([
          [2, 5],
          [4, 3],
          [6, 1],
        ]);
        // Until the records say so, whoever looks is told again.
        const again = await bench.store.upkeep?.prune({ ...all, now, newest: 3 });
        expect(again?.removed).toBe(4);
        expect(again?.floors).toEqual([
          { conversationId: "a", floorSeq: 5 },
          { conversationId: "b", floorSeq: 4 },
          { conversationId: "c", floorSeq: 4 },
        ]);
        for (const floor of again?.floors ?? []) {
          await bench.accepted("system", { type: "conversation.prune", ...floor }, { system: true });
        }
        expect(await bench.store.upkeep?.prune({ ...all, now, newest: 3 })).toEqual({
          removed: 0,
          floors: [],
        });
        await update("a", {});
        for (let index = 0; index < 3; index += 1) await bench.said("ada", "a", "more");
        expect(await bench.store.upkeep?.prune({ ...all, now })).toMatchObject({ removed: 0 });
        const entries = await bench.store.audit?.page({ by: "actorId", id: "system", limit: 9 });
        expect(entries?.items).toMatchObject(
          ["c", "b", "a"].map((conversationId) => ({ action: "conversation.prune", conversationId })),
        );
      });

      it("[D2] remembers of a young message that it was sent, though it is gone", async () => {
        await bench.group("a", "ada");
        const send = bench.submission("ada", message("a", "once"));
        await bench.outcome(send);
        await bench.said("ada", "a", "newer");
        expect(await pruned({ ...all, newest: 1 })).toBe(1);
        bench.store = await factory.reopen(bench.store);
        expect(await bench.outcome(send)).toMatchObject({ ok: true, isKnown: true, ack: { changes: [] } });
        expect(await bench.store.forgetAnswers(Number.MAX_SAFE_INTEGER)).toBe(2);
        expect(await bench.outcome(send)).toMatchObject({ ok: true, isKnown: false });
      });

      it("[D9] counts what is pinned without what is gone, and keeps none of its reactions", async () => {
        await bench.group("a", "ada");
        const messageId = await bench.said("ada", "a", "pinned");
        const on = { conversationId: "a", messageId } as const;
        await bench.accepted("ada", { type: "message.pin", ...on });
        await bench.accepted("ada", { type: "message.react", emoji: "👍", ...on });
        const other = await bench.said("ada", "a", "other");
        expect(await pruned({ ...all, newest: 1 })).toBe(1);
        const limits = { ...defaultPolicy.limits, pins: 1 };
        await bench.accepted(
          "ada",
          { type: "message.pin", conversationId: "a", messageId: other },
          { limits },
        );
        expect(await bench.refusal("ada", { type: "reactors", emoji: "👍", limit: 5, ...on })).toMatchObject({
          code: "message/not-found",
        });
      });
    });

    describe("erasure", () => {
      it("names what a person left, and forgets what no command takes back", async () => {
        await bench.group("a", "ada", "bob");
        await bench.group("b", "bob");
        const theirs = await bench.said("bob", "a", "bob's secret");
        const other = await bench.said("ada", "a", "ada's own");
        const content = { text: "bob's other secret" };
        await bench.accepted("bob", {
          type: "message.edit",
          conversationId: "a",
          messageId: theirs,
          content,
        });
        await bench.accepted("bob", {
          type: "message.react",
          conversationId: "a",
          messageId: other,
          emoji: "👍",
        });
        await bench.accepted("bob", { type: "receipt.mark", conversationId: "a", readSeq: 2 });
        const traces = await bench.store.upkeep?.traces("bob");
        expect(traces).toEqual([
          { type: "message.unreact", conversationId: "a", messageId: other, emoji: "👍" },
          { type: "message.delete", conversationId: "a", messageId: theirs },
          { type: "participant.leave", conversationId: "a" },
          { type: "participant.leave", conversationId: "b" },
        ]);
        await bench.store.upkeep?.forget("bob", 7);
        bench.store = await factory.reopen(bench.store);
        const { messages } = await bench.query("ada", { type: "history", conversationId: "a", limit: 10 });
        expect(messages).toMatchObject([
          { content: { text: "" }, deletedAt: 7 },
          { content: { text: "ada's own" } },
        ]);
        expect(JSON.stringify(messages)).not.toContain("secret");
        const versions = { type: "versions", conversationId: "a", messageId: theirs } as const;
        expect(await bench.query("ada", versions)).toEqual([]);
        const receipts = { type: "receipts", conversationId: "a", limit: 10 } as const;
        expect((await bench.query("ada", receipts)).items).toEqual([]);
        expect(await bench.store.upkeep?.traces("bob")).toHaveLength(2); // To leave is a command's.
        expect(await bench.store.upkeep?.traces("ada")).not.toEqual([]);
      });
    });

    describe("what is kept of a person", () => {
      const keptOf = async (userId: string): Promise<readonly Kept[]> => {
        const items: Kept[] = [];
        for (let after: string | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
          const page = await bench.store.upkeep?.kept(userId, after);
          expect(page?.items.length).toBeLessThanOrEqual(100);
          items.push(...(page?.items ?? []));
          after = page?.next;
        }
        return items;
      };

      it("is all they said and did, and neither what others wrote nor who did what to it", async () => {
        await bench.group("a", "ada", "bob");
        await bench.group("b", "bob");
        const messageId = await bench.said("bob", "a", "first");
        const other = await bench.said("ada", "a", "ada's own");
        const gone = await bench.said("bob", "a", "taken back");
        const on = { conversationId: "a", messageId } as const;
        await bench.accepted("bob", { type: "message.edit", content: { text: "second" }, ...on });
        await bench.accepted("ada", { type: "message.react", emoji: "💎", ...on });
        await bench.accepted("ada", { type: "message.pin", ...on });
        await bench.accepted("bob", { type: "message.react", emoji: "👍", ...on, messageId: other });
        await bench.accepted("bob", { type: "message.delete", ...on, messageId: gone });
        await bench.accepted("bob", { type: "receipt.mark", conversationId: "a", readSeq: 2 });
        await bench.accepted("ada", { type: "participant.mute", conversationId: "a", userId: "bob" });
        await bench.accepted("bob", { type: "conversation.status", conversationId: "b", status: "archived" });
        const kept = await keptOf("bob");
        const count = (type: Kept["type"]): number => kept.filter((item) => item.type === type).length;
        expect(kept).toMatchObject([
          { type: "participant", conversationId: "a", status: "muted" },
          { type: "participant", conversationId: "b", role: "owner" },
          { type: "message", id: messageId, content: { text: "second" }, version: 1 },
          { type: "version", messageId, version: 0, content: { text: "first" } },
          { type: "version", messageId: gone, version: 0, content: { text: "taken back" } },
          { type: "reaction", conversationId: "a", messageId: other, emoji: "👍" },
          { type: "receipt", conversationId: "a", readSeq: 2 },
          ...kept.filter(({ type }) => type === "answer"),
          { type: "audit", action: "conversation.status", actorId: "bob", conversationId: "b" },
          { type: "audit", action: "participant.mute", subject: "bob" },
        ]);
        expect(count("answer")).toBeGreaterThan(3);
        expect(JSON.stringify(kept)).not.toMatch(/"ada"|💎|pinned/u);
      });

      it("[D8] tells of where they are no more what they left there, and nothing of what came after", async () => {
        await bench.group("a", "ada", "bob");
        const messageId = await bench.said("bob", "a", "mine");
        await bench.accepted("ada", { type: "participant.remove", conversationId: "a", userId: "bob" });
        const before = await keptOf("bob");
        await bench.accepted("ada", { type: "message.react", emoji: "💎", conversationId: "a", messageId });
        await bench.accepted("ada", { type: "message.pin", conversationId: "a", messageId });
        await bench.said("ada", "a", "without him");
        await bench.accepted("ada", { type: "participant.add", conversationId: "a", userId: "cy" });
        expect(await keptOf("bob")).toEqual(before);
        expect(before).toMatchObject([
          { type: "message", id: messageId },
          { type: "audit", action: "participant.remove" },
        ]);
      });

      it("[D9] comes in pages, each thing once, whatever is said meanwhile", async () => {
        await bench.group("a", "ada", "bob");
        const commit = async (
          make: (n: number) => Draft,
          from: number,
          to: number,
        ): Promise<readonly string[]> => {
          const items = Array.from({ length: to - from }, (_, n) => bench.submission("bob", make(from + n)));
          await bench.commit(...items);
          return items.map(({ command }) => command.commandId);
        };
        const ids = await commit((n) => message("a", `text ${n}`), 0, 205);
        const on = (n: number) => ({ conversationId: "a", messageId: ids[n] ?? "" });
        await commit((n) => ({ type: "message.react", emoji: "👍", ...on(n) }), 0, 102);
        for (const round of [1, 2])
          await commit(
            (n) => ({ type: "message.edit", content: { text: `${round} of ${n}` }, ...on(n) }),
            0,
            102,
          );
        const first = await bench.store.upkeep?.kept("bob");
        await bench.said("bob", "a", "meanwhile");
        expect(first?.items).toHaveLength(1);
        const kept = await keptOf("bob");
        const texts = kept.flatMap((item) =>
          item.type === "message" || item.type === "version" ? [JSON.stringify(item.content)] : [],
        );
        const written = [
          ...Array.from({ length: 102 }, (_, n) => `2 of ${n}`),
          ...Array.from({ length: 103 }, (_, n) => `text ${102 + n}`),
          "meanwhile",
          ...Array.from({ length: 102 }, (_, n) => [`text ${n}`, `1 of ${n}`]).flat(),
        ];
        expect(texts).toEqual(written.map((text) => JSON.stringify({ text })));
        const reacted = kept.flatMap((item) => (item.type === "reaction" ? [item.messageId] : []));
        expect(reacted).toEqual([...ids.slice(0, 102)].sort());
        const answers = kept.flatMap((item) => (item.type === "answer" ? [item.commandId] : []));
        expect([answers.length, new Set(answers).size]).toEqual([306, 306]);
      });

      it("is nothing once they were erased, or were never here", async () => {
        await bench.group("a", "ada", "bob");
        await bench.said("bob", "a", "mine");
        await bench.accepted("ada", { type: "participant.mute", conversationId: "a", userId: "bob" });
        expect(await keptOf("eve")).toEqual([]);
        expect(await keptOf("bob")).not.toEqual([]);
        await bench.outcome(
          bench.submission("bob", { type: "participant.leave", conversationId: "a" }, { system: true }),
        );
        await bench.store.upkeep?.forget("bob", 9);
        expect(await keptOf("bob")).toEqual([]);
      });
    });

    describe("the audit log", () => {
      const actions = async (query: Partial<AuditQuery> = {}): Promise<readonly unknown[]> => {
        const page = await bench.store.audit?.page({ limit: 100, ...query });
        return (page?.items ?? []).map(({ at: _at, ...entry }) => entry);
      };

      it("holds what people do to others, messages they delete among it, and nothing of what they do to their own (rows C15, D19)", async () => {
        await bench.group("a", "ada", "bob", "cy");
        const theirs = await bench.said("bob", "a", "a secret");
        const own = await bench.said("bob", "a", "another");
        const on = { conversationId: "a", userId: "bob" } as const;
        await bench.accepted("ada", { type: "message.delete", conversationId: "a", messageId: theirs });
        await bench.accepted("bob", { type: "message.delete", conversationId: "a", messageId: own });
        await bench.accepted("ada", { type: "participant.role", role: "admin", ...on });
        await bench.refused("cy", { type: "participant.remove", ...on });
        await bench.commit(bench.submission("ada", { type: "participant.mute", ...on }));
        const ban = bench.submission("ada", { type: "participant.ban", ...on });
        await bench.commit(ban);
        await bench.commit(ban);
        bench.store = await factory.reopen(bench.store);
        const entry = { actorId: "ada", conversationId: "a" };
        expect(await actions()).toEqual([
          { ...entry, action: "participant.ban", subject: "bob" },
          { ...entry, action: "participant.mute", subject: "bob" },
          { ...entry, action: "participant.role", subject: "bob", detail: "admin" },
          { ...entry, action: "message.delete", subject: theirs },
        ]);
        expect(JSON.stringify(await actions())).not.toContain("secret");
      });

      it("is read in pages, of everybody or of one", async () => {
        const note = (actorId: string, subject: string): Promise<void> | undefined =>
          bench.store.audit?.note({ at: 1, actorId, action: "user.export", subject });
        for (let index = 0; index < 5; index += 1)
          await note(index % 2 === 0 ? "ada" : "bob", `user ${index}`);
        const first = await bench.store.audit?.page({ limit: 2 });
        expect(first?.items.map(({ subject }) => subject)).toEqual(["user 4", "user 3"]);
        const { next: after = "" } = first ?? {};
        const second = await bench.store.audit?.page({ limit: 3, after });
        expect(second?.items.map(({ subject }) => subject)).toEqual(["user 2", "user 1", "user 0"]);
        expect(second?.next).toBeUndefined();
        expect(await actions({ by: "actorId", id: "bob" })).toHaveLength(2);
        expect(await actions({ by: "subject", id: "user 4" })).toHaveLength(1);
        expect(await actions({ by: "conversationId", id: "a" })).toEqual([]);
      });

      it("[D9] forgets what is past its time, the oldest first, and nothing else", async () => {
        for (let at = 1; at <= 4; at += 1)
          await bench.store.audit?.note({ at, actorId: "ada", action: "user.export", subject: `user ${at}` });
        expect(await bench.store.audit?.forget(0)).toBe(0);
        expect(await bench.store.audit?.forget(3)).toBe(2);
        expect(await bench.store.audit?.forget(3)).toBe(0);
        expect(await actions()).toEqual(
          [4, 3].map((at) => ({ actorId: "ada", action: "user.export", subject: `user ${at}` })),
        );
      });

      it("leaves what the server does by itself to whoever asked for it", async () => {
        await bench.group("a", "ada", "bob");
        const theirs = await bench.said("bob", "a", "a secret");
        const deletion = { type: "message.delete", conversationId: "a", messageId: theirs } as const;
        const [outcome] = await bench.commit({ ...bench.submission("ada", deletion), isOnce: true });
        expect(outcome?.ok).toBe(true);
        expect(await actions()).toEqual([]);
      });

      it("keeps what was done when a person is erased, and not who it was", async () => {
        await bench.group("a", "ada", "bob");
        await bench.accepted("ada", { type: "participant.remove", conversationId: "a", userId: "bob" });
        await bench.store.audit?.note({ at: 1, actorId: "bob", action: "user.export", subject: "bob" });
        await bench.store.upkeep?.forget("bob", 9);
        const entries = await actions();
        expect(entries).toHaveLength(2);
        expect(JSON.stringify(entries)).not.toContain("bob");
        const [own] = (await bench.store.audit?.page({ limit: 1 }))?.items ?? [];
        expect(own?.subject).toMatch(/^erased-/u);
        expect(own?.actorId).toBe(own?.subject);
        expect(await actions({ by: "actorId", id: "ada" })).toHaveLength(1);
      });
    });

    describe("isolation", () => {
      it("[D8] answers about what is not there and what is not one's own word for word the same", async () => {
        await bench.group("theirs", "ada");
        const messageId = await bench.said("ada", "theirs", "private");
        await bench.group("mine", "eve");
        const page = { limit: 10 };
        for (const type of [
          "changes",
          "history",
          "conversation",
          "participants",
          "versions",
          "reactors",
          "receipts",
        ] as const) {
          const ask = (conversationId: string, readerId = "eve") =>
            bench.store.query(readerId, {
              type,
              conversationId,
              afterRev: 0,
              messageId,
              emoji: "👍",
              ...page,
            });
          expect(await ask("theirs")).toEqual(await ask("nowhere"));
          expect(await ask("theirs")).toMatchObject({ ok: false, code: "conversation/not-found" });
          expect(await ask("theirs", "ada")).toMatchObject({ ok: true });
        }
        const { items } = await bench.query("eve", { type: "conversations", limit: 10 });
        expect(items.map(({ conversation }) => conversation.conversationId)).toEqual(["mine"]);
      });

      it("[D8] does not let a conversation of one's own open a message of others", async () => {
        await bench.group("theirs", "ada");
        const messageId = await bench.said("ada", "theirs", "private");
        await bench.group("mine", "eve");
        for (const query of [
          { type: "versions", conversationId: "mine", messageId },
          { type: "reactors", conversationId: "mine", messageId, emoji: "👍", limit: 10 },
        ] as const) {
          expect(await bench.refusal("eve", query)).toMatchObject({ code: "message/not-found" });
        }
        const foreign = { conversationId: "mine", messageId } as const;
        for (const draft of [
          { type: "message.edit", content: { text: "!" }, ...foreign },
          { type: "message.delete", ...foreign },
          { type: "message.react", emoji: "👍", ...foreign },
          { type: "message.pin", ...foreign },
        ] as const) {
          expect(await bench.refused("eve", draft)).toMatchObject({ code: "message/not-found" });
        }
        const reply = { ...message("mine", "what about"), replyTo: messageId };
        expect(await bench.refused("eve", reply)).toMatchObject({ code: "message/not-found" });
      });

      it("[D8] shuts out whoever left, was removed or banned", async () => {
        await bench.group("a", "ada", "bob", "cy", "dee");
        await bench.accepted("bob", { type: "participant.leave", conversationId: "a" });
        await bench.accepted("ada", { type: "participant.remove", conversationId: "a", userId: "cy" });
        await bench.accepted("ada", { type: "participant.ban", conversationId: "a", userId: "dee" });
        for (const userId of ["bob", "cy", "dee"]) {
          expect(
            await bench.refusal(userId, { type: "history", conversationId: "a", limit: 1 }),
          ).toMatchObject({
            code: "conversation/not-found",
          });
          expect(await bench.store.memberships(userId)).toEqual([]);
          expect(await bench.store.wasIn("a", userId)).toBe(true);
        }
        expect(await bench.store.wasIn("a", "eve")).toBe(false);
        expect(await bench.store.wasIn("nowhere", "eve")).toBe(false);
      });
    });

    describe("restart", () => {
      it("[D1] has everything it committed, and goes on counting where it stopped", async () => {
        await bench.group("a", "ada", "bob");
        await bench.said("ada", "a", "before");
        const { epoch } = bench.store;
        bench.store = await factory.reopen(bench.store);
        expect(bench.store.epoch).toBe(epoch);
        const ack = await bench.accepted("bob", message("a", "after"));
        expect(ack.changes).toMatchObject([{ rev: 5, record: { seq: 2 } }]);
        const summary = await bench.query("ada", { type: "conversation", conversationId: "a" });
        expect(summary).toMatchObject({ memberCount: 2, unread: 1, head: { rev: 5, seq: 2 } });
      });

      it("has an epoch of its own", async () => {
        const other: Store = await factory.open();
        expect(other.epoch).not.toBe(bench.store.epoch);
        await other.close();
      });

      it("takes any text as an id or a message", async () => {
        const odd = `'; DROP TABLE messages; -- "\\ 🦆 %_ \u{2028}`;
        await bench.group(odd, odd);
        const { commandId } = await bench.accepted(odd, message(odd, odd));
        bench.store = await factory.reopen(bench.store);
        const { messages } = await bench.query(odd, { type: "history", conversationId: odd, limit: 10 });
        expect(messages).toMatchObject([{ id: commandId, authorId: odd, content: { text: odd } }]);
      });
    });
  });
}
