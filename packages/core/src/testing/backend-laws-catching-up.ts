import type { AnyRecord } from "../protocol/records.ts";
import { type BackendTrial, gather, type Person, words } from "./backend-trial.ts";
import { expectSame, expectThat, law, type Law, type LawGroup } from "./kit.ts";

type BackendLaw = Law<BackendTrial>;

/** All records of a conversation, by pages of two. */
async function catchUp(who: Person, conversationId: string, afterRev: number): Promise<readonly AnyRecord[]> {
  const records: AnyRecord[] = [];
  for (let upTo = afterRev; ;) {
    const page = await who.query({ type: "changes", conversationId, afterRev: upTo, limit: 2 });
    expectSame([page.reset, page.epoch], [false, who.welcome.epoch], "reset and epoch");
    const isFurther = page.upTo > upTo || page.head.rev === upTo;
    expectThat(
      isFurther && page.upTo <= page.head.rev,
      "each page should lead further, and not beyond the head",
    );
    const revs = page.records.map(({ rev }) => rev);
    const from = upTo;
    expectThat(
      revs.every((rev) => rev > from && rev <= page.upTo),
      `the records of a page after ${from} should be above it, up to ${page.upTo}; they are ${revs.join()}`,
    );
    expectSame(revs.toSorted((one, other) => one - other), revs, "the order of a page"); // prettier-ignore
    records.push(...page.records);
    upTo = page.upTo;
    if (upTo === page.head.rev) return records;
  }
}

const catchingUp: readonly BackendLaw[] = [
  law("[B20] catches a client up from any revision: each record once, in its newest state", async (trial) => {
    const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
    const conversationId = await gather(ada, bob);
    const acks = [];
    for (const text of ["1", "2", "3", "4"]) acks.push(await ada.submit(words(conversationId, text)));
    const [messageId = ""] = acks.map(({ commandId }) => commandId);
    const edit = { type: "message.edit", conversationId, messageId, content: { text: "one" } } as const;
    const { changes } = await ada.submit(edit);
    const all = await catchUp(bob, conversationId, 0);
    const keys = all.map((record) =>
      record.type === "message" ? record.id : `${record.type} ${record.rev}`,
    );
    expectSame(keys.length, new Set(keys).size, "the number of records");
    expectSame(all.filter(({ type }) => type === "message").length, 4, "the number of messages");
    expectSame(all.find((record) => record.type === "message" && record.id === messageId), changes[0]?.record, "the record of the edited message"); // prettier-ignore
    const rev = acks[2]?.changes[0]?.rev ?? 0;
    const late = await catchUp(bob, conversationId, rev);
    expectSame(late.map((record) => record.rev), [rev + 1, rev + 2], "what came after the third"); // prettier-ignore
    expectSame(await catchUp(bob, conversationId, rev + 2), [], "what came after the last");
  }),
  law("[B21] says reset, and gives no records, where it cannot tell what changed", async (trial) => {
    const ada = await trial.enter("ada");
    const conversationId = await gather(ada);
    const page = await ada.query({ type: "changes", conversationId, afterRev: 1_000_000, limit: 5 });
    expectSame(
      [page.reset, page.records],
      [true, []],
      "reset, and records, after a revision that is not yet",
    );
    const known = await ada.query({ type: "changes", conversationId, afterRev: page.head.rev, limit: 5 });
    expectSame(
      [known.reset, known.upTo],
      [false, page.head.rev],
      "reset, and how far, after the last revision",
    );
  }),
  law("[B22] gives history in pages without holes", async (trial) => {
    const ada = await trial.enter("ada");
    const conversationId = await gather(ada);
    for (let seq = 1; seq <= 7; seq += 1) await ada.submit(words(conversationId, String(seq)));
    const pages: readonly (readonly [object, readonly number[]])[] = [
      [{ limit: 3 }, [5, 6, 7]],
      [{ limit: 3, before: 5 }, [2, 3, 4]],
      [{ limit: 3, before: 2 }, [1]],
      [{ limit: 3, after: 2 }, [3, 4, 5]],
      [{ limit: 5, after: 6 }, [7]],
      [{ limit: 100 }, [1, 2, 3, 4, 5, 6, 7]],
    ];
    for (const [place, wanted] of pages) {
      const query = { type: "history", conversationId, limit: 3, ...place } as const;
      const { messages, fromSeq, toSeq, floorSeq, epoch } = await ada.query(query);
      const what = `the history of ${JSON.stringify(place)}`;
      expectSame(messages.map(({ seq }) => seq), wanted, what); // prettier-ignore
      expectSame([fromSeq, toSeq], [wanted[0], wanted.at(-1)], `from and to of ${what}`);
      expectThat(
        floorSeq <= 1 && epoch === ada.welcome.epoch,
        "floor and epoch should be those of the beginning",
      );
    }
    const around = await ada.query({ type: "history", conversationId, around: 4, limit: 3 });
    expectSame(around.messages.map(({ seq }) => seq), [3, 4, 5], "the history around 4"); // prettier-ignore
    const many = await ada.query({ type: "history", conversationId, limit: 1_000 });
    expectThat(many.messages.length === 7, "a page as long as a query may ask for should be answered");
  }),
  law("[B23] keeps the versions of an edited message, and a tombstone of a deleted one", async (trial) => {
    const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
    const conversationId = await gather(ada, bob);
    const { commandId: messageId } = await ada.submit(words(conversationId, "first"));
    const within = { conversationId, messageId };
    await ada.submit({ type: "message.edit", ...within, content: { text: "second" } });
    const versions = await bob.query({ type: "versions", ...within });
    const texts = versions.map(({ version, content }) => [version, content]);
    expectSame(texts, [[0, { text: "first" }]], "the earlier versions");
    await bob.submit({ type: "message.react", ...within, emoji: "👍" });
    const { items } = await ada.query({ type: "reactors", ...within, emoji: "👍", limit: 5 });
    expectSame(items, [bob.userId], "who reacted");
    await ada.submit({ type: "message.delete", ...within });
    const { messages } = await bob.query({ type: "history", conversationId, limit: 5 });
    const [found] = messages;
    expectSame(
      [found?.seq, found?.content, found?.deletedBy],
      [1, { text: "" }, ada.userId],
      "the tombstone",
    );
    expectSame(await bob.query({ type: "versions", ...within }), [], "the versions of what was deleted");
  }),
  law("[B24] lists conversations with the reader's own standing, and what is unread", async (trial) => {
    const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
    const conversationId = await gather(ada, bob);
    for (const text of ["1", "2"]) await ada.submit(words(conversationId, text));
    const { items } = await bob.query({ type: "conversations", limit: 100 });
    const found = items.find(({ conversation }) => conversation.conversationId === conversationId);
    const { self, head, unread, memberCount, lastMessage } = found ?? {};
    expectSame([self?.userId, self?.role], [bob.userId, "member"], "one's own standing");
    expectSame(
      [head?.seq, unread, memberCount, lastMessage?.seq],
      [2, 2, 2, 2],
      "head, unread, members, last",
    );
    const { items: people } = await ada.query({ type: "participants", conversationId, limit: 10 });
    const ids = people.map(({ userId }) => userId).toSorted();
    expectSame(ids, [ada.userId, bob.userId].toSorted(), "the participants");
  }),
  law("[B30] counts what is unread of a thread, above the watermark it is asked with", async (trial) => {
    const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
    const conversationId = await gather(ada, bob);
    const { commandId: threadId } = await ada.submit(words(conversationId, "shall we?"));
    const reply = { type: "message.send", conversationId, threadId, kind: "text", content: { text: "I do" } } as const; // prettier-ignore
    const replies = [];
    for (const who of [ada, bob, ada, ada]) replies.push(await who.submit(reply));
    await ada.submit(words(conversationId, "elsewhere"));
    await ada.submit({ type: "message.delete", conversationId, messageId: replies[2]?.commandId ?? "" });
    const thread = { type: "thread", conversationId, threadId, limit: 1 } as const;
    for (const [readSeq, count] of [
      [0, 2],
      [2, 1],
      [5, 0],
    ] as const) {
      const { unread } = await bob.query({ ...thread, readSeq });
      expectSame(unread, { readSeq, count }, `what is unread above ${readSeq}`);
    }
    expectSame((await bob.query(thread)).unread, undefined, "what is unread to who did not ask");
  }),
  law("[B25] tells in each pong the heads that moved since the pong last seen", async (trial) => {
    const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
    const conversationId = await gather(ada, bob);
    const revIn = ({ heads }: { readonly heads: readonly { conversationId: string; rev: number }[] }) =>
      heads.find((head) => head.conversationId === conversationId)?.rev;
    await bob.ping();
    const { changes } = await ada.submit(words(conversationId, "moved"));
    await trial.wait.until(() => bob.said(conversationId).includes("moved"), "what is said should be pushed");
    const moved = await bob.ping();
    expectSame(revIn(moved), changes[0]?.rev, "the revision in the pong after");
    bob.send({ type: "ping", n: moved.n + 1, seen: moved.n - 1 });
    const repeated = (): boolean => bob.all("pong").some(({ n }) => n === moved.n + 1);
    await trial.wait.until(repeated, "a ping should be answered");
    const last = bob.all("pong").at(-1);
    expectSame(last && revIn(last), changes[0]?.rev, "the revision again, as that pong was not seen");
  }),
];

export const catchingUpLaws: LawGroup<BackendTrial> = { title: "catching up", laws: catchingUp };

export const receiptLaws: readonly BackendLaw[] = [
  law(
    "[B26] moves watermarks up only, to the newest message at most, and tells the others",
    async (trial) => {
      const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
      const conversationId = await gather(ada, bob);
      for (const text of ["1", "2"]) await ada.submit(words(conversationId, text));
      const first = await bob.submit({ type: "receipt.mark", conversationId, readSeq: 1 });
      const marks = ({ receipt }: typeof first): unknown => [receipt?.deliveredSeq, receipt?.readSeq];
      expectThat(first.receipt !== undefined, "an ack should carry the receipt that moved");
      expectSame([marks(first), first.changes], [[1, 1], []], "the watermarks, and changes");
      const beyond = await bob.submit({ type: "receipt.mark", conversationId, readSeq: 1_000 });
      expectSame(marks(beyond), [2, 2], "the watermarks after a mark beyond the newest message");
      await bob.submit({ type: "receipt.mark", conversationId, readSeq: 1, deliveredSeq: 1 });
      const heard = (): unknown => {
        const own = ada.all("receipt").map(({ receipt }) => receipt);
        const last = own.filter((each) => each.conversationId === conversationId).at(-1);
        return [last?.userId, last?.deliveredSeq, last?.readSeq];
      };
      await trial.wait.until(() => JSON.stringify(heard()).includes("2,2"), "the others should be told");
      expectSame(heard(), [bob.userId, 2, 2], "the receipt told");
      const { items } = await ada.query({ type: "receipts", conversationId, limit: 10 });
      const kept = items.find(({ userId }) => userId === bob.userId);
      expectSame([kept?.deliveredSeq, kept?.readSeq], [2, 2], "the watermarks kept");
    },
  ),
];

export const receiptlessLaws: readonly BackendLaw[] = [
  law("[B26] answers a mark, and tells nobody", async (trial) => {
    const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
    const conversationId = await gather(ada, bob);
    await ada.submit(words(conversationId, "1"));
    await bob.try({ type: "receipt.mark", conversationId, readSeq: 1 });
    await trial.wait.quiet();
    expectSame(ada.all("receipt"), [], "what the others are told"); // prettier-ignore
  }),
];

const typing = (conversationId: string) =>
  ({ type: "signal", signal: { type: "typing", conversationId, active: true } }) as const;
const watch = (...conversationIds: string[]) =>
  ({ type: "signal", signal: { type: "watch", conversationIds } }) as const;

export const signalLaws: readonly BackendLaw[] = [
  law(
    "[B27] shows typing to members who look, to nobody else, and until the message is there",
    async (trial) => {
      const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
      const [cy, eve] = [await trial.enter("cy"), await trial.enter("eve")];
      const conversationId = await gather(ada, bob, cy);
      for (const who of [bob, eve]) {
        who.send(watch(conversationId));
        await who.ping();
      }
      ada.send(typing(conversationId));
      const seen = (who: Person): unknown[] =>
        who
          .all("signal")
          .flatMap(({ signal }) => (signal.type === "typing" ? [[signal.userId, signal.active]] : []));
      await trial.wait.until(() => seen(bob).length === 1, "typing should be shown");
      await ada.submit(words(conversationId, "there"));
      await trial.wait.until(() => seen(bob).length === 2, "the end of typing should be shown");
      await trial.wait.quiet();
      expectSame(seen(bob), [[ada.userId, true], [ada.userId, false]], "what a watcher is shown"); // prettier-ignore
      expectSame([seen(cy), seen(eve), seen(ada)], [[], [], []], "what others are shown");
    },
  ),
  law("[B28] drops a signal about what is not one's own, without a word", async (trial) => {
    const [ada, eve] = [await trial.enter("ada"), await trial.enter("eve")];
    const conversationId = await gather(ada);
    ada.send(watch(conversationId));
    await ada.ping();
    eve.send(typing(conversationId), watch(conversationId));
    await eve.ping();
    await trial.wait.quiet();
    expectSame(ada.all("signal"), [], "what a member is shown"); // prettier-ignore
    expectThat(eve.isOpen, "the link should live on");
  }),
];

export const silentLaws: readonly BackendLaw[] = [
  law("[B27] drops signals without a word", async (trial) => {
    const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
    const conversationId = await gather(ada, bob);
    bob.send(watch(conversationId));
    ada.send(typing(conversationId));
    await Promise.all([ada.ping(), bob.ping()]);
    await trial.wait.quiet();
    expectSame([...ada.all("signal"), ...bob.all("signal")], [], "signals shown"); // prettier-ignore
  }),
];
