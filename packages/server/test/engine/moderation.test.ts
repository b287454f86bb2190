import { type ClientFrame, type Command, LONGEST_REASON, type SendMessage } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import type { Moderator, Verdict } from "../../src/moderation/index.ts";
import { EngineBench, sendFrame, type TestLink } from "../support/engine-bench.ts";
import { type Draft, newId } from "../support/raw-client.ts";

/** Answers by the word a text begins with; "later" waits until told. */
function byWord(): { readonly moderator: Moderator; readonly asked: string[]; release(): void } {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  const verdicts: Readonly<Record<string, Verdict>> = {
    bad: { type: "refuse", reason: "rule 1" },
    half: { type: "mask", ranges: [{ start: 5, end: 9 }] },
    odd: { type: "flag", reason: "odd", score: 0.8 },
  };
  return {
    asked,
    release: () => waiting.splice(0).forEach((resolve) => resolve()),
    moderator({ text }) {
      asked.push(text);
      const verdict = verdicts[text.split(" ")[0] ?? ""] ?? { type: "pass" };
      if (!text.startsWith("later")) return verdict;
      return new Promise((resolve) => waiting.push(() => resolve(verdict)));
    },
  };
}

function answers(link: TestLink): readonly string[] {
  return link.take().flatMap((frame) => {
    if (frame.type === "reject") return [frame.code];
    const record = frame.type === "ack" ? frame.ack.changes[0]?.record : undefined;
    return record?.type === "message" && "text" in record.content
      ? [`${record.content.text}${record.moderated ? " (moderated)" : ""}`]
      : [];
  });
}

const open = async () => {
  const rule = byWord();
  const bench = await EngineBench.open({ moderators: [rule.moderator] });
  const [ada, bob] = [await bench.join("ada"), await bench.join("bob")];
  for (const link of [ada, bob]) link.take();
  return { bench, ada, bob, ...rule };
};

describe("moderation", () => {
  it("refuses, masks and lets pass before anybody sees it, edits too (row D24)", async () => {
    const { bench, ada, bob } = await open();
    const messageId = newId();
    await bench.send(ada, sendFrame("general", "good", 1, messageId), sendFrame("general", "bad thing", 2));
    await bench.send(ada, sendFrame("general", "half word here", 3));
    expect(answers(ada)).toEqual(["good", "moderation/refused", "half **** here (moderated)"]);
    const edit = (text: string): ClientFrame => {
      const on = { commandId: newId(), at: 0, conversationId: "general", messageId } as const;
      return { type: "submit", id: 99, command: { type: "message.edit", ...on, content: { text } } };
    };
    await bench.send(ada, edit("bad edit"));
    await bench.send(ada, edit("half word edited"));
    await bench.send(ada, edit("good again"));
    expect(answers(ada)).toEqual(["moderation/refused", "half **** edited (moderated)", "good again"]);
    const seen = JSON.stringify(bob.take());
    expect(seen).not.toContain("bad");
    expect(seen).not.toContain("word");
  });

  it("writes down what it flags, once, for whoever looks after it (row D24)", async () => {
    const { bench, ada } = await open();
    const frame = sendFrame("general", "odd thing", 1);
    await bench.send(ada, frame, sendFrame("general", "good", 2));
    await bench.send(ada, { ...frame, lane: 3 });
    expect(answers(ada)).toEqual(["odd thing", "good", "odd thing"]);
    const written = await bench.store.audit?.page({ by: "actorId", id: "system", limit: 10 });
    expect(written?.items).toMatchObject([
      {
        ...{ action: "message.flag", subject: frame.command.commandId, conversationId: "general" },
        detail: "odd 0.8",
      },
    ]);
  });

  it("takes its time for one, in the order of its lane, and holds up nobody else (row D24)", async () => {
    const { bench, ada, bob, release } = await open();
    await bench.send(ada, sendFrame("general", "later one", 1), sendFrame("general", "second", 2));
    await bench.send(bob, sendFrame("general", "mine", 1));
    expect([answers(ada), answers(bob)]).toEqual([[], ["mine"]]);
    release();
    await bench.clock.advance(0);
    await bench.clock.advance(0);
    expect(answers(ada)).toEqual(["later one", "second"]);
  });

  it("[D2] gives what comes again its first verdict, whatever the moderator would say now", async () => {
    const { bench, ada, asked } = await open();
    const frame = sendFrame("general", "bad once", 1);
    await bench.send(ada, frame, { ...frame, lane: 2 });
    const mask = sendFrame("general", "half word here", 3);
    await bench.send(ada, mask);
    await bench.send(ada, { ...mask, lane: 4 });
    expect(answers(ada)).toEqual([
      ...["moderation/refused", "moderation/refused"],
      ...["half **** here (moderated)", "half **** here (moderated)"],
    ]);
    expect(asked).toEqual(["bad once", "half word here"]);
    // Another node, or this one after a restart, has forgotten; the store has not.
    const other = await EngineBench.open({ store: bench.store, moderators: [] });
    const again = await other.join("ada");
    again.take();
    await other.send(again, { ...frame, lane: 1 });
    expect(answers(again)).toEqual(["moderation/refused"]);
  });

  it("[D8] passes by what is sealed, and tells a stranger nothing of a conversation", async () => {
    const { bench, ada, asked } = await open();
    const sealed = { sealed: "bad", scheme: "mls" };
    const frame = sendFrame("general", "x", 1);
    await bench.send(ada, {
      ...frame,
      command: { ...frame.command, commandId: newId(), content: sealed },
    } as typeof frame);
    expect(asked).toEqual([]);
    await bench.send(ada, sendFrame("nowhere", "bad", 1));
    expect(answers(ada)).toEqual(["conversation/not-found"]);
  });

  it("judges other words under the same id, after the first were refused for the moment", async () => {
    const { bench, ada, asked } = await open();
    const id = newId();
    await bench.send(ada, sendFrame("general", "good", 7, id));
    await bench.send(ada, sendFrame("general", "bad thing", 1, id));
    expect(answers(ada)).toEqual(["command/out-of-order", "moderation/refused"]);
    expect(asked).toEqual(["good", "bad thing"]);
  });

  it("reads the options of a poll, too; what is forwarded was judged where it was said", async () => {
    const { bench, ada, bob, asked } = await open();
    const say = (lane: number, said: Pick<SendMessage, "kind" | "content" | "forward">) => {
      const { command, ...frame } = sendFrame("general", "", lane);
      const { commandId, conversationId, at } = command;
      const whole: SendMessage = { type: "message.send", commandId, conversationId, at, ...said };
      return bench.send(ada, { ...frame, command: whole });
    };
    const poll = { options: ["tea", "coffee"] };
    await say(1, { kind: "poll", content: { text: "half x", poll } });
    expect(JSON.stringify(bob.take())).toContain('"options":["**a","coffee"]');
    const said = sendFrame("general", "good", 2);
    await bench.send(ada, said);
    const forward = { conversationId: "general", messageId: said.command.commandId };
    await say(3, { kind: "text", content: { text: "bad pretence" }, forward });
    expect(answers(ada)).toEqual(["half * (moderated)", "good", "good"]);
    expect(asked).toEqual(["half x\ntea\ncoffee", "good", ""]);
  });

  it("reads what a conversation is called and says of itself, and all texts in custom (rows D3, D24)", async () => {
    const { bench, ada, bob, asked } = await open();
    const submit = (id: number, command: Draft) =>
      bench.send(ada, { type: "submit", id, command: { commandId: newId(), at: 0, ...command } as Command });
    const create = (conversationId: string, name: string): Draft => ({
      ...({ type: "conversation.create", kind: "group", conversationId, name } as const),
      ...{ description: "of us", participants: [{ userId: "bob" }] },
    });
    const codes = () =>
      ada
        .take()
        .flatMap((frame) => (frame.type === "reject" ? [frame.code] : frame.type === "ack" ? ["ok"] : []));
    await submit(1, create("bad", "bad name"));
    await submit(2, create("half", "half name"));
    await submit(3, create("odd", "odd name"));
    expect(codes()).toEqual(["moderation/refused", "ok", "ok"]);
    await submit(4, { type: "conversation.update", conversationId: "odd", name: "bad again" });
    await submit(5, {
      type: "conversation.update",
      conversationId: "odd",
      settings: { typing: false, receipts: true },
    });
    const custom = { n: 1, card: { title: "title", lines: ["word"] } };
    const said = {
      type: "message.send",
      conversationId: "odd",
      kind: "text",
      content: { text: "half x" },
    } as const;
    await submit(6, { ...said, custom });
    expect(codes()).toEqual(["moderation/refused", "ok", "ok"]);
    expect(asked).toEqual([
      ...["bad name\nof us", "half name\nof us", "odd name\nof us", "bad again", "half x\ntitle\nword"],
    ]);
    const seen = JSON.stringify(bob.take());
    for (const each of ['"name":"half ****"', '"name":"odd name"', '"text":"half *"', '"title":"**tle"'])
      expect(seen).toContain(each);
    expect(seen).not.toContain("bad");
    expect((await bench.store.audit?.page({ by: "subject", id: "ada", limit: 1 }))?.items).toMatchObject([
      { actorId: "system", action: "conversation.flag", conversationId: "odd", detail: "odd 0.8" },
    ]);
  });

  it("is told what a message answers, which files it has, and what is hung on it", async () => {
    const drafts: unknown[] = [];
    const moderator: Moderator = (draft, context) => (
      drafts.push({ ...draft, ...context }),
      { type: "pass" }
    );
    const bench = await EngineBench.open({ moderators: [moderator] });
    const ada = await bench.join("ada");
    const { command, ...frame } = sendFrame("general", "first", 1);
    await bench.send(ada, { ...frame, command });
    const messageId = newId();
    const about = { replyTo: command.commandId, threadId: command.commandId, custom: { mood: "good" } };
    await bench.send(ada, {
      ...frame,
      lane: 2,
      command: { ...command, commandId: messageId, ...about } as Command,
    });
    const edit = {
      type: "message.edit",
      commandId: newId(),
      at: 0,
      conversationId: "general",
      messageId,
    } as const;
    await bench.send(ada, { type: "submit", id: 9, command: { ...edit, content: { text: "second" } } });
    expect(drafts).toMatchObject([
      { text: "first", messageId: command.commandId, isEdit: false },
      { text: "first\ngood", messageId, ...about },
      { text: "second", messageId, isEdit: true },
    ]);
  });

  it("[D9] that does not answer refuses for the moment after half a minute, and holds up its lane no longer", async () => {
    const { bench, ada } = await open();
    await bench.send(ada, sendFrame("general", "later never", 1), sendFrame("general", "second", 2));
    await bench.clock.advance(29_000);
    expect(answers(ada)).toEqual([]);
    await bench.clock.advance(2_000);
    await bench.clock.advance(0);
    expect(answers(ada)).toEqual(["server/unavailable", "command/out-of-order"]);
    expect(bench.failures).toHaveLength(1);
  });

  it("[D9] is shown nothing that is too long to be taken", async () => {
    const { bench, ada, asked } = await open();
    await bench.send(ada, sendFrame("general", "x".repeat(10_001), 1));
    expect(answers(ada)).toEqual(["draft/too-long"]);
    expect(asked).toEqual([]);
  });

  it("[D9] hears so many reports of one person at once, of which the ones taken back count, and then has them wait", async () => {
    const { bench, ada } = await open();
    const on = {
      conversationId: "~/ada",
      subject: { kind: "report", conversationId: "general", userId: "bob" },
    } as const;
    const frame = (command: Draft, id: number): ClientFrame => ({
      ...{ type: "submit", id, command: { commandId: newId(), at: 0, ...command } as Command },
    });
    const codes: (string | undefined)[] = [];
    for (let turn = 0; turn < 21; turn += 1) {
      const set = frame({ type: "note.set", ...on, value: { text: `${turn}` } }, 2 * turn);
      await bench.send(ada, set, frame({ type: "note.clear", ...on }, 2 * turn + 1));
      codes.push(...ada.take().map((each) => (each.type === "reject" ? each.code : undefined)));
    }
    expect(codes.filter((code) => code !== undefined)).toEqual(["rate/limited"]);
    await bench.send(ada, sendFrame("general", "still heard", 1));
    expect(answers(ada)).toEqual(["still heard"]);
    await bench.clock.advance(6_000);
    await bench.send(ada, frame({ type: "note.set", ...on, value: {} }, 100));
    expect(ada.take().filter(({ type }) => type === "reject")).toEqual([]);
  });

  it("that breaks, or gives no score, refuses for the moment, and says so to the operator", async () => {
    const moderators: Moderator[] = [
      () => {
        throw new Error("defect");
      },
      () => Promise.reject(new Error("late")),
      ...[NaN, 1e30, -0.5].map((score) => () => ({ type: "flag", reason: "odd", score }) as const),
    ];
    for (const moderator of moderators) {
      const bench = await EngineBench.open({ moderators: [moderator] });
      const ada = await bench.join("ada");
      ada.take();
      await bench.send(ada, sendFrame("general", "x", 1));
      await bench.clock.advance(0);
      expect(answers(ada)).toEqual(["server/unavailable"]);
      expect(bench.failures).toHaveLength(1);
    }
  });

  it("[D9] that gives an endless reason is heard to the length of a report", async () => {
    const reason = "long ".repeat(1_000);
    const bench = await EngineBench.open({ moderators: [() => ({ type: "flag", reason, score: 1 })] });
    await bench.send(await bench.join("ada"), sendFrame("general", "x", 1));
    const page = await bench.store.cases?.page({ isOpen: true, order: "newest", limit: 1 });
    expect(page?.items[0]?.flags[0]?.reason).toBe(reason.slice(0, LONGEST_REASON));
  });
});
