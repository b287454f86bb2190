import type { ErrorCode } from "../errors/codes.ts";
import type { Change } from "../protocol/changes.ts";
import type { Draft } from "./backend-peer.ts";
import { type BackendTrial, gather, type Person, words } from "./backend-trial.ts";
import { newId } from "./dialled.ts";
import { expectSame, expectThat, law, type Law, type LawGroup } from "./kit.ts";

type BackendLaw = Law<BackendTrial>;

const numbered = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Everything somebody may do to a conversation with a message in it; how often is up to the rates. */
async function muchAdo(ada: Person, bob: Person, conversationId: string): Promise<readonly Change[]> {
  const acks = [
    await ada.submit(words(conversationId, "one")),
    await bob.submit(words(conversationId, "two")),
  ];
  const [messageId = ""] = acks.map(({ commandId }) => commandId);
  const within = { conversationId, messageId };
  const drafts: readonly (readonly [Person, Draft])[] = [
    [ada, { type: "message.edit", ...within, content: { text: "one and a half" } }],
    [bob, { type: "message.react", ...within, emoji: "👍" }],
    [ada, { type: "conversation.update", conversationId, name: "Ours" }],
    [bob, words(conversationId, "three")],
    [ada, { type: "message.pin", ...within }],
  ];
  for (const [who, draft] of drafts) acks.push(await who.submit(draft));
  return acks.flatMap(({ changes }) => changes);
}

const numbering: readonly BackendLaw[] = [
  law("[B14] numbers changes without gaps, and messages too, whoever makes them", async (trial) => {
    const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
    const conversationId = await gather(ada, bob);
    const { head: before } = await ada.query({ type: "conversation", conversationId });
    const changes = await muchAdo(ada, bob, conversationId);
    const revs = numbered(before.rev + 1, before.rev + changes.length);
    expectSame(changes.map(({ rev }) => rev), revs, "the revisions, in the order of the acks"); // prettier-ignore
    expectSame(changes.map(({ record }) => record.rev), revs, "the revisions of the records"); // prettier-ignore
    const { messages, head } = await bob.query({ type: "history", conversationId, limit: 10 });
    expectSame(messages.map(({ seq }) => seq), [1, 2, 3], "the sequences"); // prettier-ignore
    expectSame([head.rev, head.seq], [revs.at(-1), 3], "the head");
  }),
  law("[B14] gives submits of several people at once numbers of their own", async (trial) => {
    const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
    const conversationId = await gather(ada, bob);
    const texts = numbered(1, 5).map(String);
    const all = texts.flatMap((text) => [ada, bob].map((who) => [who, text] as const));
    const acks = await Promise.all(all.map(([who, text]) => who.submit(words(conversationId, text))));
    const revs = acks
      .flatMap(({ changes }) => changes.map(({ rev }) => rev))
      .sort((one, other) => one - other);
    expectSame(revs, numbered(revs[0] ?? 0, (revs[0] ?? 0) + 9), "the revisions");
    const { messages } = await ada.query({ type: "history", conversationId, limit: 20 });
    expectSame(messages.map(({ seq }) => seq), numbered(1, 10), "the sequences"); // prettier-ignore
    const own = messages.filter(({ authorId }) => authorId === ada.userId);
    const said = own.flatMap(({ content }) => ("text" in content ? [content.text] : []));
    expectSame(said, texts, "what one of them said, in order");
  }),
  law("[B15] has stored what it acks: others read it at once", async (trial) => {
    const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
    const conversationId = await gather(ada, bob);
    for (const text of ["1", "2", "3"]) {
      const { changes } = await ada.submit(words(conversationId, text));
      expectSame(changes.length, 1, "the number of changes acked");
      const { messages } = await bob.query({ type: "history", conversationId, limit: 1 });
      expectSame(messages[0], changes[0]?.record, "the newest message");
    }
  }),
];

const hearing: readonly BackendLaw[] = [
  law("[B16] pushes each change once, in order, as acked, to every link of every member", async (trial) => {
    const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
    const conversationId = await gather(ada, bob);
    const [second, cy] = [await trial.enter("bob"), await trial.enter("ada")];
    const changes = await muchAdo(ada, bob, conversationId);
    const from = changes[0]?.rev ?? 0;
    const heard = (who: Person): Change[] => who.changes(conversationId).filter(({ rev }) => rev >= from);
    for (const who of [second, cy]) {
      await trial.wait.until(() => heard(who).length >= changes.length, "every change should be pushed");
    }
    await trial.wait.quiet();
    for (const who of [second, cy]) expectSame(heard(who), changes, "what was pushed");
    const others = changes.filter(({ actorId }) => actorId === ada.userId);
    const toBob = heard(bob).filter(({ actorId }) => actorId === ada.userId);
    expectSame(toBob, others, "what was pushed to somebody who took part");
  }),
  law("[B17] tells an outsider nothing, nor whether a conversation exists", async (trial) => {
    const [ada, eve] = [await trial.enter("ada"), await trial.enter("eve")];
    const [conversationId, nowhere] = [await gather(ada), newId()];
    const { commandId } = await ada.submit(words(conversationId, "secret"));
    const reject = async (id: string): Promise<unknown> => {
      const within = { conversationId: id };
      const asked = [
        await eve.unanswered({ type: "history", ...within, limit: 5 }),
        await eve.unanswered({ type: "changes", ...within, afterRev: 0, limit: 5 }),
        await eve.unanswered({ type: "conversation", ...within }),
        await eve.unanswered({ type: "versions", ...within, messageId: commandId }),
        await eve.refused(words(id, "let me in")),
        await eve.refused({ type: "message.react", ...within, messageId: commandId, emoji: "👍" }),
      ];
      return asked.map(({ code, message, retryable }) => [code, message, retryable]);
    };
    const found = await reject(conversationId);
    expectSame(found, await reject(nowhere), "what is refused of one that exists");
    expectThat(
      JSON.stringify(found).includes("conversation/not-found"),
      "it should look as if it did not exist",
    );
    const { items } = await eve.query({ type: "conversations", limit: 100 });
    const listed = items.map(({ conversation }) => conversation.conversationId);
    expectThat(!listed.includes(conversationId), "it should not be listed");
    await ada.submit(words(conversationId, "still secret"));
    await trial.wait.quiet();
    expectSame(eve.changes(conversationId), [], "what was pushed");
    expectThat(!JSON.stringify(eve.frames).includes("secret"), "no text should reach an outsider");
  }),
  law("[B18] tells who is removed that they are, and nothing after it", async (trial) => {
    const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
    const conversationId = await gather(ada, bob);
    bob.send({ type: "signal", signal: { type: "watch", conversationIds: [conversationId] } });
    await ada.submit(words(conversationId, "before"));
    const removed = await ada.submit({ type: "participant.remove", conversationId, userId: bob.userId });
    await ada.submit(words(conversationId, "after"));
    const isTold = (): boolean =>
      bob.changes(conversationId).some(({ kind }) => kind === "participant.remove");
    await trial.wait.until(isTold, "who is removed should be told");
    await bob.ping();
    await trial.wait.quiet();
    expectSame(bob.changes(conversationId).at(-1), removed.changes.at(-1), "the last change pushed");
    expectThat(!JSON.stringify(bob.frames).includes("after"), "nothing said afterwards should be told");
    const { code } = await bob.unanswered({ type: "history", conversationId, limit: 5 });
    expectSame(code, "conversation/not-found", "what a query comes to");
    expectSame(
      (await bob.refused(words(conversationId, "me too"))).code,
      "conversation/not-found",
      "and a command",
    );
  }),
  law("[B19] lets nobody do what their role does not allow", async (trial) => {
    const [ada, bob, cy] = [await trial.enter("ada"), await trial.enter("bob"), await trial.enter("cy")];
    const conversationId = await gather(ada, bob, cy);
    const { commandId: messageId } = await ada.submit(words(conversationId, "mine"));
    const { userId } = cy;
    const forbidden: readonly (readonly [Draft, ErrorCode])[] = [
      [{ type: "conversation.update", conversationId, name: "Bob's" }, "permission/denied"],
      [{ type: "participant.remove", conversationId, userId }, "permission/denied"],
      [{ type: "participant.role", conversationId, userId: bob.userId, role: "owner" }, "permission/denied"],
      [{ type: "message.pin", conversationId, messageId }, "permission/denied"],
      [{ type: "message.delete", conversationId, messageId }, "permission/denied"],
      [{ type: "message.edit", conversationId, messageId, content: { text: "his" } }, "permission/denied"],
    ];
    for (const [draft, code] of forbidden) {
      const refusal = await bob.refused(draft);
      expectSame([refusal.code, refusal.retryable], [code, false], `the refusal of ${draft.type}`);
    }
    await ada.submit({ type: "participant.mute", conversationId, userId });
    expectSame(
      (await cy.refused(words(conversationId, "hm"))).code,
      "permission/muted",
      "the refusal of a mute",
    );
    const { messages } = await ada.query({ type: "history", conversationId, limit: 5 });
    expectSame(messages.map(({ version, content }) => [version, content]), [[0, { text: "mine" }]], "the messages"); // prettier-ignore
  }),
];

export const hearingLaws: readonly LawGroup<BackendTrial>[] = [
  { title: "numbering", laws: numbering },
  { title: "hearing", laws: hearing },
];
