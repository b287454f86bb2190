import { type Command, defaultPolicy, notebookOf, type NoteSubject } from "@tidings/core/protocol";
import { virtualClock } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { inProcessBus } from "../../src/bus/in-process-bus.ts";
import { Contacts } from "../../src/engine/contacts.ts";
import { openLibsqlStore, type Store } from "../../src/store/index.ts";
import { EngineBench, engineClock, sendFrame, type TestLink } from "../support/engine-bench.ts";
import { type Draft, newId } from "../support/raw-client.ts";

let submits = 0;
const submit = (draft: Draft) => {
  const command = { commandId: newId(), at: 0, ...draft } as Command;
  return { type: "submit", id: (submits += 1), command } as const;
};

const block = (userId: string, other: string, isBlocked = true) => {
  const conversationId = notebookOf(userId);
  const subject: NoteSubject = { kind: "block", conversationId, userId: other };
  const on = { conversationId, subject };
  return submit(isBlocked ? { type: "note.set", ...on, value: {} } : { type: "note.clear", ...on });
};

const direct = (conversationId: string, other: string) =>
  submit({ type: "conversation.create", conversationId, kind: "direct", participants: [{ userId: other }] });

const say = (conversationId: string) =>
  submit({ type: "message.send", conversationId, kind: "text", content: { text: "hello" } });

const group = (conversationId: string, ...others: readonly string[]) =>
  submit({
    ...{ type: "conversation.create", conversationId, kind: "group" },
    participants: others.map((userId) => ({ userId })),
  });

const add = (conversationId: string, userId: string) =>
  submit({ type: "participant.add", conversationId, userId });

const poll = (conversationId: string) =>
  submit({
    ...{ type: "message.send", conversationId, kind: "poll" },
    content: { text: "lunch?", poll: { options: ["yes", "no"] } },
  });

const react = (type: "message.react" | "message.unreact", { command }: ReturnType<typeof say>) =>
  submit({ type, conversationId: command.conversationId, messageId: command.commandId, emoji: "👍" });

/** What a link was answered since the last call. */
function answers(link: TestLink): readonly string[] {
  return link.take().flatMap((frame) => {
    if (frame.type === "reject") return [frame.code];
    return frame.type === "ack" ? ["ack"] : [];
  });
}

/** What a link saw of others since the last call. */
function seen(link: TestLink): readonly string[] {
  return link.take().flatMap((frame) => {
    if (frame.type !== "signal") return [];
    const { signal } = frame;
    return [`${signal.userId} ${signal.type === "typing" ? `typing ${signal.active}` : signal.status}`];
  });
}

const read = (conversationId: string, readSeq: number) =>
  submit({ type: "receipt.mark", conversationId, readSeq });

/** Whose watermarks a link was told since the last call, as `ada 2`. */
function told(link: TestLink): readonly string[] {
  return link
    .take()
    .flatMap((frame) =>
      frame.type === "receipt" ? [`${frame.receipt.userId} ${frame.receipt.readSeq}`] : [],
    );
}

/** Counts what the store is asked of blocks. */
function counting(): {
  readonly store: { -readonly [Key in keyof Store]: Store[Key] };
  readonly asked: string[];
} {
  const asked: string[] = [];
  const inner = openLibsqlStore();
  const store: Store = {
    epoch: inner.epoch,
    commit: (...given) => inner.commit(...given),
    query: (...given) => inner.query(...given),
    memberships: (userId) => inner.memberships(userId),
    wasIn: (...given) => inner.wasIn(...given),
    forgetAnswers: (before) => inner.forgetAnswers(before),
    close: () => inner.close(),
    async blocks(userId) {
      asked.push(`blocks of ${userId}`);
      return (await inner.blocks?.(userId)) ?? { own: [], by: [] };
    },
    async peopleOf(conversationId) {
      asked.push(`people of ${conversationId}`);
      return inner.peopleOf?.(conversationId);
    },
  };
  return { store, asked };
}

/** Ada blocks Eve on another node, and nobody tells this one. */
async function blockElsewhere(store: Store, isBlocked = true): Promise<void> {
  const conversationId = notebookOf("ada");
  const on = { conversationId, subject: { kind: "block", conversationId, userId: "eve" } } as const;
  const given = { commandId: newId(), at: 0, ...on };
  const command: Command = isBlocked
    ? { type: "note.set", ...given, value: {} }
    : { type: "note.clear", ...given };
  const context = { actorId: "ada", at: 1, limits: defaultPolicy.limits };
  await store.commit([{ command, context }], () => undefined);
}

const look = { type: "signal", signal: { type: "watch", conversationIds: ["general"] } } as const;
const types = { type: "typing", conversationId: "general", active: true } as const;
const status = (value: "online" | "away") =>
  ({ type: "signal", signal: { type: "presence", status: value } }) as const;

/** Ada, Eve and Bob look at a conversation. */
async function lookers(bench: EngineBench): Promise<readonly [TestLink, TestLink, TestLink]> {
  const links = [await bench.join("ada"), await bench.join("eve"), await bench.join("bob")] as const;
  for (const link of links) await bench.send(link, look);
  for (const link of links) link.take();
  return links;
}

/** Longer than what nobody told is left unasked. */
async function pass(bench: EngineBench, ...links: readonly TestLink[]): Promise<void> {
  for (let tens = 0; tens < 7; tens += 1) {
    for (const link of links) await bench.send(link, { type: "ping", n: tens, seen: 0 });
    await bench.clock.advance(10_000);
  }
  for (const link of links) link.take();
}

describe("a block", () => {
  it("lets neither of the two write in their direct conversation, in the same words, until it is lifted (row D10)", async () => {
    const bench = await EngineBench.open();
    const [ada, eve] = [await bench.join("ada"), await bench.join("eve")];
    await bench.send(ada, direct("two", "eve"));
    await bench.send(eve, say("two"));
    await bench.send(ada, block("ada", "eve"));
    answers(ada);
    answers(eve);
    await bench.send(eve, say("two"), say("general"));
    await bench.send(ada, say("two"));
    expect(answers(eve)).toEqual(["participant/unreachable", "ack"]);
    expect(answers(ada)).toEqual(["participant/unreachable"]);
    await bench.send(ada, block("ada", "eve", false));
    await bench.send(ada, say("two"));
    await bench.send(eve, say("two"));
    expect([answers(ada), answers(eve)]).toEqual([["ack", "ack"], ["ack"]]);
  });

  it("lets neither change, or take away, what the other has there; one's own stays one's own (row D10)", async () => {
    const bench = await EngineBench.open();
    const [ada, eve] = [await bench.join("ada"), await bench.join("eve")];
    const [said, vote] = [say("two"), poll("two")];
    await bench.send(ada, direct("two", "eve"), vote);
    await bench.send(eve, said, react("message.react", said));
    await bench.send(ada, block("ada", "eve"));
    const on = { conversationId: "two", messageId: said.command.commandId };
    const reaching: readonly Draft[] = [
      { type: "conversation.update", conversationId: "two", description: "you cannot get rid of me" },
      { type: "conversation.update", conversationId: "two", settings: { typing: true, receipts: false } },
      { type: "conversation.status", conversationId: "two", status: "archived" },
      { type: "conversation.status", conversationId: "two", status: "deleted" },
      { type: "message.pin", ...on },
      { type: "message.unpin", ...on },
      { type: "poll.vote", conversationId: "two", messageId: vote.command.commandId, choices: [0] },
      { type: "message.delete", ...on, reason: "you know why" },
    ];
    for (const link of [ada, eve]) {
      answers(link);
      for (const draft of reaching) await bench.send(link, submit(draft));
      expect(answers(link)).toEqual(reaching.map(() => "participant/unreachable"));
    }
    const own: readonly Draft[] = [
      { type: "receipt.mark", conversationId: "two", readSeq: 1 },
      { type: "participant.notify", conversationId: "two", notify: "none" },
      { type: "message.unreact", ...on, emoji: "👍" },
      { type: "message.delete", ...on },
    ];
    for (const draft of own) await bench.send(eve, submit(draft));
    expect(answers(eve)).toEqual(own.map(() => "ack"));
  });

  it("lets neither begin one, nor bring the other into any other; where both are they stay (row D10)", async () => {
    const bench = await EngineBench.open();
    const [ada, eve] = [await bench.join("ada"), await bench.join("eve")];
    await bench.send(eve, group("before", "ada"), group("more", "bob"));
    await bench.send(ada, block("ada", "eve"));
    answers(ada);
    answers(eve);
    await bench.send(eve, direct("one", "ada"), group("new", "bob", "ada"), add("more", "ada"));
    await bench.send(eve, say("before"), direct("other", "bob"), group("new", "bob"), add("more", "cy"));
    await bench.send(ada, direct("third", "eve"), group("fourth", "eve"), say("before"));
    const apart = "participant/unreachable";
    expect(answers(eve)).toEqual([apart, apart, apart, "ack", "ack", "ack", "ack"]);
    expect(answers(ada)).toEqual([apart, apart, "ack"]);
    await bench.send(ada, block("ada", "eve", false));
    await bench.send(eve, add("more", "ada"));
    expect(answers(eve)).toEqual(["ack"]);
  });

  it("[D2, D7] answers again what it refused, also once it is lifted and more has been said", async () => {
    const bench = await EngineBench.open();
    const [ada, eve] = [await bench.join("ada"), await bench.join("eve")];
    await bench.send(ada, direct("two", "eve"), block("ada", "eve"));
    const refused = say("two");
    await bench.send(eve, refused);
    await bench.send(ada, block("ada", "eve", false));
    await bench.send(eve, say("two"), submit(refused.command));
    expect(answers(eve)).toEqual(["participant/unreachable", "ack", "participant/unreachable"]);
  });

  it("[D9] lets nobody ask more often than they may speak", async () => {
    const bench = await EngineBench.open();
    const [ada, eve] = [await bench.join("ada"), await bench.join("eve")];
    await bench.send(ada, direct("two", "eve"), block("ada", "eve"));
    for (let count = 0; count < 200; count += 1) await bench.send(eve, say("two"));
    expect(new Set(answers(eve))).toEqual(new Set(["participant/unreachable", "rate/limited"]));
  });

  it("[D8] answers alike whoever wants to bring somebody in where they are not, if there is such a place or not", async () => {
    const bench = await EngineBench.open();
    const [ada, eve] = [await bench.join("ada"), await bench.join("eve")];
    await bench.send(ada, group("theirs", "bob"), block("ada", "eve"));
    await bench.send(eve, add("theirs", "ada"), add("none", "ada"), add("theirs", "bob"), add("none", "bob"));
    const [one, other, ...strangers] = answers(eve);
    expect([one, other]).toEqual(["participant/unreachable", "participant/unreachable"]);
    expect(strangers).toEqual(["conversation/not-found", "conversation/not-found"]);
  });

  it("[D8] tells a stranger nothing of a conversation of others", async () => {
    const bench = await EngineBench.open();
    const [ada, eve] = [await bench.join("ada"), await bench.join("eve")];
    await bench.send(ada, direct("two", "bob"), block("ada", "eve"));
    await bench.send(eve, say("two"), say("none"));
    expect(answers(eve)).toEqual(["conversation/not-found", "conversation/not-found"]);
  });

  it("hides typing and presence of each from the other, at once, and shows them again", async () => {
    const bench = await EngineBench.open();
    const links = [await bench.join("ada"), await bench.join("eve"), await bench.join("bob")] as const;
    const [ada, eve] = links;
    const watch = { type: "signal", signal: { type: "watch", conversationIds: ["general"] } } as const;
    const typing = { type: "typing", conversationId: "general", active: true } as const;
    for (const link of links) await bench.send(link, watch);
    for (const link of links) seen(link);
    await bench.send(eve, { type: "signal", signal: typing });
    await bench.send(ada, block("ada", "eve"));
    expect([seen(ada), seen(eve)]).toEqual([
      ["eve typing true", "eve offline", "eve typing false"],
      ["ada offline"],
    ]);
    await bench.clock.advance(10_000);
    for (const link of links) seen(link);
    const presence = { type: "signal", signal: { type: "presence", status: "away" } } as const;
    for (const link of [ada, eve]) await bench.send(link, { type: "signal", signal: typing }, presence);
    expect(links.map(seen)).toEqual([[], [], ["ada typing true", "ada away", "eve typing true", "eve away"]]);
    const again = await bench.join("ada", "another device");
    await bench.send(again, watch);
    expect(seen(again)).not.toContain("eve away");
    await bench.send(ada, block("ada", "eve", false));
    expect([seen(ada), seen(eve)]).toEqual([
      ["eve away", "eve typing true"],
      ["ada online", "ada typing true"],
    ]);
  });

  it("tells neither how far the other has read, live or asked, wherever they are; one's own devices are (row D10)", async () => {
    const bench = await EngineBench.open();
    const [ada, eve, bob] = [await bench.join("ada"), await bench.join("eve"), await bench.join("bob")];
    const [desk, tablet] = [await bench.join("ada", "desk"), await bench.join("eve", "tablet")];
    const links = [ada, desk, eve, tablet, bob];
    await bench.send(bob, group("club", "ada", "eve"), say("club"), say("club"), say("club"));
    await bench.send(ada, direct("two", "eve"), say("two"), say("two"));
    await bench.send(eve, read("two", 1));
    await bench.clock.advance(1_000);
    expect([told(ada), told(eve)]).toEqual([["eve 1"], []]);
    const marked = async (seq: number): Promise<unknown> => {
      for (const link of links) told(link);
      await bench.send(ada, read("two", seq), read("club", seq));
      await bench.send(eve, read("two", seq), read("club", seq));
      await bench.clock.advance(1_000);
      return links.map((link) => told(link));
    };
    const known = async (userId: string, conversationId: string): Promise<unknown> => {
      const answer = await bench.engine.query(userId, { type: "receipts", conversationId, limit: 10 });
      const items = answer.ok && "items" in answer.result ? answer.result.items : [];
      return items.map((item) => typeof item === "object" && "readSeq" in item && item.userId);
    };
    await bench.send(ada, block("ada", "eve"));
    const [mine, theirs] = [
      ["ada 2", "ada 2"],
      ["eve 2", "eve 2"],
    ];
    expect(await marked(2)).toEqual([[], mine, [], theirs, ["ada 2", "eve 2"]]);
    expect([await known("ada", "two"), await known("eve", "two")]).toEqual([["ada"], ["eve"]]);
    expect([await known("ada", "club"), await known("eve", "club")]).toEqual([["ada"], ["eve"]]);
    expect(await known("bob", "club")).toEqual(["ada", "eve"]);
    await bench.send(ada, block("ada", "eve", false));
    await bench.send(ada, say("two"));
    const all = ["ada 3", "ada 3", "eve 3", "eve 3"];
    const [notMine, notTheirs] = [all.slice(2), all.slice(0, 2)];
    expect(await marked(3)).toEqual([notMine, all, notTheirs, all, ["ada 3", "eve 3"]]);
    expect([await known("ada", "two"), await known("eve", "club")]).toEqual([
      ["ada", "eve"],
      ["ada", "eve"],
    ]);
  });

  it("tells neither how far the other has read in a large conversation that both look at", async () => {
    const bench = await EngineBench.open({ bounds: { linksPerUser: 1 } });
    const links = [await bench.join("ada"), await bench.join("eve"), await bench.join("bob")] as const;
    const [ada, eve] = links;
    for (let index = 0; index < 100; index += 1) await bench.join(`guest ${index}`.replace(" ", "-"));
    const watch = { type: "signal", signal: { type: "watch", conversationIds: ["general"] } } as const;
    for (const link of links) await bench.send(link, watch);
    await bench.send(ada, say("general"), block("ada", "eve"));
    for (const link of links) link.take();
    await bench.send(ada, read("general", 1));
    await bench.send(eve, read("general", 1));
    await bench.clock.advance(1_000);
    expect(links.map(told)).toEqual([[], [], ["ada 1", "eve 1"]]);
  });

  it("costs those it does not concern one question, and those it does no more for each message", async () => {
    const { store, asked } = counting();
    const bench = await EngineBench.open({ store });
    const [ada, eve, bob] = [await bench.join("ada"), await bench.join("eve"), await bench.join("bob")];
    await bench.send(ada, direct("two", "eve"), block("ada", "eve"));
    for (let index = 0; index < 20; index += 1) {
      for (const link of [ada, eve, bob]) await bench.send(link, sendFrame("general", "hello", index + 1));
      await bench.send(eve, say("two"));
    }
    expect(asked.toSorted()).toEqual([
      "blocks of ada",
      "blocks of bob",
      "blocks of eve",
      "people of general",
      "people of two",
    ]);
  });

  it("made on another node counts though nobody told, after a while", async () => {
    const { store, asked } = counting();
    const bench = await EngineBench.open({ store });
    const [ada, eve] = [await bench.join("ada"), await bench.join("eve")];
    await bench.send(ada, direct("two", "eve"));
    await blockElsewhere(store);
    answers(eve);
    await bench.clock.advance(60_001);
    await bench.send(eve, say("two"));
    expect(answers(eve)).toContain("participant/unreachable");
    expect(asked.filter((each) => each === "blocks of eve")).toHaveLength(2);
  });

  it("[D8] made on another node hides, though nobody told, all that is to be shown after a while, and takes back what was", async () => {
    const { store } = counting();
    const bench = await EngineBench.open({ store });
    const links = await lookers(bench);
    const [ada, eve] = links;
    await blockElsewhere(store);
    await pass(bench, ...links);
    await bench.send(ada, { type: "signal", signal: types }, status("away"));
    expect(links.map(seen)).toEqual([
      ["eve offline"],
      ["ada offline", "ada typing false"],
      ["ada typing true", "ada away"],
    ]);
    await bench.send(eve, { type: "signal", signal: types }, status("away"));
    expect(links.map(seen)).toEqual([[], [], ["eve typing true", "eve away"]]);
    await blockElsewhere(store, false);
    await pass(bench, ...links);
    await bench.send(ada, { type: "signal", signal: types });
    expect(links.map(seen)).toEqual([
      ["eve away"],
      ["ada away", "ada typing true", "ada typing true"],
      ["ada typing true"],
    ]);
  });

  it("[D8] made on another node hides, though nobody told, the first receipt after a while", async () => {
    const { store } = counting();
    const bench = await EngineBench.open({ store });
    const links = await lookers(bench);
    const [ada] = links;
    await bench.send(ada, say("general"));
    await blockElsewhere(store);
    await pass(bench, ...links);
    await bench.send(ada, read("general", 1));
    await bench.clock.advance(1_000);
    expect(links.map(told)).toEqual([[], [], ["ada 1"]]);
  });

  it("is asked for until the store answers; what is to be shown waits as long, in its order", async () => {
    const { store, asked } = counting();
    const bench = await EngineBench.open({ store });
    const links = await lookers(bench);
    const [ada, , bob] = links;
    await pass(bench, ...links);
    const answer = store.blocks;
    store.blocks = () => Promise.reject(new Error("away"));
    await bench.send(ada, status("away"), status("online"), { type: "signal", signal: types });
    await bench.clock.advance(2_000);
    expect(seen(bob)).toEqual([]);
    store.blocks = answer;
    asked.length = 0;
    await bench.clock.advance(1_000);
    expect(seen(bob)).toEqual(["ada online", "ada typing true"]);
    expect(asked).toEqual(["blocks of ada"]);
    expect(bench.failures).toEqual([]);
  });

  it("[D9] that nobody can be asked about lets through only the last of what is said of the same, and a look once", async () => {
    const { store } = counting();
    const bench = await EngineBench.open({ store });
    const links = await lookers(bench);
    const [ada, eve, bob] = links;
    await pass(bench, ...links);
    const answer = store.blocks;
    store.blocks = () => Promise.reject(new Error("away"));
    const none = { type: "signal", signal: { type: "watch", conversationIds: [] } } as const;
    for (let times = 0; times < 20; times += 1) {
      for (const active of [true, false])
        await bench.send(ada, { type: "signal", signal: { ...types, active } });
      await bench.send(ada, status("away"), status("online"));
      await bench.send(bob, none, look);
    }
    await bench.send(ada, { type: "signal", signal: types });
    store.blocks = answer;
    await bench.clock.advance(1_000);
    expect([seen(eve), seen(bob)]).toEqual([
      ["ada online", "ada typing true"],
      ["ada online", "ada typing true", "ada online", "eve online", "ada typing true"],
    ]);
  });

  it("[D9] costs no question where nobody is, or looks, to whom something could be shown", async () => {
    const { store, asked } = counting();
    const bus = inProcessBus();
    const bench = await EngineBench.open({ store, bus });
    await bench.join("bob");
    asked.length = 0;
    const settings = { typing: true, receipts: true };
    const receipt = { conversationId: "elsewhere", userId: "ada", deliveredSeq: 1, readSeq: 1, at: 0 };
    const typing = { type: "typing", conversationId: "general", userId: "ada", active: true } as const;
    const conversationIds = ["general"];
    const presence = { type: "presence", userId: "ada", status: "online", conversationIds } as const;
    bus.publish([{ type: "receipt", receipt, settings, origin: undefined }, typing, presence]);
    await bench.clock.advance(1_000);
    expect(asked).toEqual([]);
  });

  it("[D9] is asked for anew by nobody because a command failed that sets none", async () => {
    const { store, asked } = counting();
    const bus = inProcessBus();
    const bench = await EngineBench.open({ store, bus });
    const links = await lookers(bench);
    asked.length = 0;
    const type = (): Promise<unknown> => bench.send(links[0], { type: "signal", signal: types });
    bus.publish([{ type: "lost", conversationIds: ["general"], userIds: ["bob"], isUnderWay: true }]);
    await type();
    expect(asked).toEqual([]);
    await bench.clock.advance(3_000);
    bus.publish([{ type: "lost", conversationIds: ["general", notebookOf("eve")], userIds: ["eve"] }]);
    await type();
    expect(asked).toEqual(["blocks of ada"]);
  });

  it("[D8] is not undone by an answer that was on its way when the bus lost it", async () => {
    const { store } = counting();
    const bus = inProcessBus();
    const bench = await EngineBench.open({ store, bus });
    const links = await lookers(bench);
    const [ada, eve] = links;
    await pass(bench, ...links);
    const answer = store.blocks;
    let arrive = (): void => {};
    store.blocks = () => new Promise((resolve) => (arrive = () => resolve({ own: [], by: [] })));
    await bench.send(eve, status("away")); // asks who is parted from Eve
    store.blocks = answer;
    await blockElsewhere(store);
    bus.publish([{ type: "lost" }]);
    await bench.send(ada, status("away"));
    arrive();
    await bench.clock.advance(0);
    for (const link of links) link.take();
    await bench.send(ada, { type: "signal", signal: types });
    expect(links.map(seen)).toEqual([[], [], ["ada typing true"]]);
  });

  it("[D9] that nobody can be asked about holds back so much, and then forgets what it held longest", async () => {
    let isAway = true;
    const { store } = counting();
    store.blocks = async () => {
      if (isAway) throw new Error("away");
      return { own: [], by: [] };
    };
    const failures: unknown[] = [];
    const contacts = new Contacts({
      ...{ store, clock: engineClock(virtualClock(0)), onMoved: () => {} },
      onFailure: (_what, error) => failures.push(error),
    });
    const done: string[] = [];
    for (const userId of ["ada", "eve"]) contacts.whenKnown(userId, () => done.push(userId));
    const defect = new Error("a defect");
    contacts.whenKnown("eve", () => {
      throw defect;
    });
    for (let times = 0; times < 99_998; times += 1) contacts.whenKnown("bob", () => done.push("bob"));
    await new Promise(setImmediate);
    isAway = false;
    contacts.sweep();
    await new Promise(setImmediate);
    expect(done).toEqual(["eve", ...Array(99_998).fill("bob")]);
    expect(failures).toEqual([defect]);
  });
});
