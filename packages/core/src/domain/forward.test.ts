import { describe, expect, it } from "vitest";
import { complete, mint, outcome, withCast } from "../../test/ledger.ts";
import { ConversationStore } from "../memory/conversation-store.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import type { MessageForward } from "../protocol/records.ts";
import { take } from "./take.ts";
import type { Applied, ApplyContext } from "./types.ts";

/** Two conversations: everybody is in "c1", where it is forwarded from, and mike alone in "mine". */
function between() {
  const from = withCast();
  const mine = new ConversationStore("mine");
  const context = (actorId: string): ApplyContext => ({ actorId, at: 2_000, limits: defaultPolicy.limits });
  const recordsOf = (id: string): ConversationStore =>
    id === "mine" ? mine : id === "c1" ? from.store : new ConversationStore(id);
  const begin = { ...complete({ type: "conversation.create", kind: "group" }), conversationId: "mine" };
  const begun = take(recordsOf, begin, context("mike"));
  if (begun.ok) mine.commit(begun);
  const forward = (what: MessageForward, limits = defaultPolicy.limits): Applied => {
    const command = complete({
      type: "message.send",
      kind: "text",
      content: { text: "made up" },
      forward: what,
    });
    return take(recordsOf, { ...command, conversationId: "mine" }, { ...context("mike"), limits });
  };
  return { from, mine, forward };
}

describe("what is forwarded", () => {
  it("says what the original says, whatever the command says of it (row F6)", () => {
    const { from, forward } = between();
    const content = { text: "look", ranges: [{ type: "hashtag", start: 0, end: 4, value: "look" }] } as const;
    const { changes } = from.do("olga", { type: "message.send", kind: "image", content, custom: { a: 1 } });
    const record = changes[0]?.record;
    const messageId = record?.type === "message" ? record.id : "";
    const applied = forward({ conversationId: "c1", messageId, authorId: "mary" });
    expect(applied).toMatchObject({
      ok: true,
      changes: [
        {
          record: {
            ...{ conversationId: "mine", authorId: "mike", kind: "image", content, custom: { a: 1 } },
            origin: { conversationId: "c1", messageId, authorId: "olga" },
          },
        },
      ],
    });
  });

  it("tells a poll anew, an announcement as a message, and names who said it first, also from the second hand", () => {
    const { from, mine, forward } = between();
    const poll = { options: ["a", "b"] };
    const asked = from.do("olga", { type: "message.send", kind: "poll", content: { text: "?", poll } });
    const told = from.do("olga", { type: "message.send", kind: "announcement", content: { text: "!" } });
    const idOf = ({ changes }: Extract<Applied, { ok: true }>): string => changes[0]?.commandId ?? "";
    from.do("mary", { type: "poll.vote", messageId: idOf(asked), choices: [0] });
    const again = forward({ conversationId: "c1", messageId: idOf(asked) });
    expect(again).toMatchObject({ changes: [{ record: { kind: "poll", tally: { voters: 0 } } }] });
    const first = forward({ conversationId: "c1", messageId: idOf(told) });
    expect(first).toMatchObject({ changes: [{ record: { kind: "text", content: { text: "!" } } }] });
    if (!first.ok) throw new Error(first.message);
    mine.commit(first);
    const second = forward({ conversationId: "mine", messageId: idOf(first) });
    expect(second).toMatchObject({
      changes: [{ record: { origin: { conversationId: "c1", messageId: idOf(told), authorId: "olga" } } }],
    });
  });

  it("[D8] is not there for who may not read it, deleted, elsewhere or nowhere: all the same", () => {
    const { from, forward } = between();
    const [gone, kept] = [from.say("olga"), from.say("olga")];
    from.do("olga", { type: "message.delete", messageId: gone });
    const refusals = [
      forward({ conversationId: "c1", messageId: gone }),
      forward({ conversationId: "c1", messageId: mint() }),
      forward({ conversationId: "mine", messageId: kept }),
      forward({ conversationId: "nowhere", messageId: kept }),
    ];
    from.do("olga", { type: "participant.remove", userId: "mike" });
    refusals.push(forward({ conversationId: "c1", messageId: kept }));
    expect(refusals.map(outcome)).toEqual(refusals.map(() => "message/not-found"));
    expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
  });

  it("is refused where nobody looks it up, and is not for who forwards it to edit", () => {
    const { from, mine, forward } = between();
    const what = { conversationId: "c1", messageId: from.say("olga") };
    const { forwards: _forwards, ...limits } = defaultPolicy.limits;
    expect(outcome(forward(what, limits))).toBe("command/unsupported");
    const applied = forward(what);
    if (!applied.ok) throw new Error(applied.message);
    mine.commit(applied);
    const messageId = applied.changes[0]?.commandId ?? "";
    const edit = complete({ type: "message.edit", messageId, content: { text: "she never said" } });
    const context = { actorId: "mike", at: 3_000, limits: defaultPolicy.limits };
    expect(outcome(take(() => mine, { ...edit, conversationId: "mine" }, context))).toBe("permission/denied");
  });
});
