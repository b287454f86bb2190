import { optionMark } from "../protocol/polls.ts";
import { describe, expect, it } from "vitest";
import { createScope } from "../base/observable.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { type BareCommand, CONVERSATION, createBackend, idOf, READER } from "../../test/timeline/backend.ts";
import { createLab, expectCurrent, isPlaced, type Lab } from "../../test/timeline/lab.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import type { MessageItem, TimelineItem } from "./item.ts";
import { createReplica } from "./replica.ts";

const say = (text: string): BareCommand => ({ type: "message.send", kind: "text", content: { text } });

/** What a screen shows: texts, holes as ranges. */
function shown({ replica }: Lab): readonly string[] {
  return [...replica.view.get().items].map((item) => {
    if (item.type === "hole") return `${item.fromSeq}…${item.toSeq}`;
    return "text" in item.message.content ? item.message.content.text : "sealed";
  });
}

function messageItem(item: TimelineItem | undefined): MessageItem {
  if (item?.type !== "message") throw new Error("unable to look at the message; there is none");
  return item;
}

/** After all said so far has arrived. */
function labWith(...texts: readonly string[]): Lab {
  const lab = createLab();
  for (const text of texts) lab.act("bob", say(text));
  lab.repair();
  lab.loadAll();
  lab.inFlight.length = 0;
  return lab;
}

/** Delivers everything on its way, in order. */
function deliverAll({ inFlight }: Lab): void {
  for (const deliver of inFlight.splice(0)) deliver();
}

describe("a replica's confirmed records", () => {
  it("[D4, L2] show a hole for what is missing, and close it when it comes, late or by backfill", () => {
    const lab = labWith("one");
    for (const text of ["two", "three", "four", "five"]) lab.act("bob", say(text));
    const [two, three, , five] = lab.inFlight;
    two?.();
    five?.();
    expect(shown(lab)).toEqual(["one", "two", "3…4", "five"]);
    expect(lab.replica.view.get()).toMatchObject({ complete: false, hasNewer: false });
    expect(lab.replica.view.get().missing).toEqual({ afterRev: 6, upTo: 8 });
    expect(lab.replica.holes).toEqual([{ from: 3, to: 4 }]);
    three?.();
    expect(shown(lab)).toEqual(["one", "two", "three", "4…4", "five"]);
    lab.repair();
    expect(shown(lab)).toEqual(["one", "two", "three", "four", "five"]);
    expect(lab.replica.view.get().complete).toBe(true);
  });

  it("[D4, L2] learn from a head alone that something was lost at the end", () => {
    const lab = labWith("one");
    lab.act("bob", say("two"));
    lab.replica.acceptHead(lab.backend.head);
    expect(shown(lab)).toEqual(["one", "2…2"]);
    expect(lab.replica.view.get()).toMatchObject({ complete: false, hasNewer: true });
    lab.repair();
    expect(shown(lab)).toEqual(["one", "two"]);
  });

  it("keep hole items the same while they are the same", () => {
    const lab = labWith("one");
    lab.act("bob", say("two"));
    lab.act("bob", say("three"));
    lab.inFlight[1]?.();
    const hole = lab.replica.view.get().items.at(1);
    lab.act("bob", say("four"));
    lab.inFlight[2]?.();
    expect(hole?.type).toBe("hole");
    expect(lab.replica.view.get().items.at(1)).toBe(hole);
  });

  it("keep a hole the same when the one before it is filled, and show one that shrinks with nothing in it", () => {
    const lab = labWith("one");
    for (const text of ["two", "three", "four", "five", "six", "seven"]) lab.act("bob", say(text));
    for (const delivered of [1, 5]) lab.inFlight[delivered]?.();
    expect(shown(lab)).toEqual(["one", "2…2", "three", "4…6", "seven"]);
    const later = lab.replica.view.get().items.at(3);
    lab.inFlight[0]?.();
    expect(shown(lab)).toEqual(["one", "two", "three", "4…6", "seven"]);
    expect(lab.replica.view.get().items.at(3)).toBe(later);
    const { head } = lab.replica.records;
    const nothing = { epoch: lab.backend.epoch, messages: [], own: {}, floorSeq: 1, head };
    lab.replica.acceptHistory({ ...nothing, fromSeq: 4, toSeq: 5 });
    expect(shown(lab)).toEqual(["one", "two", "three", "6…6", "seven"]);
  });

  it("[D3] keep a change that arrives before the older page in which its message comes", () => {
    const lab = createLab();
    for (const text of ["one", "two", "three"]) lab.act("bob", say(text));
    lab.replica.acceptSummary(lab.backend.summary());
    const older = lab.backend.history({ before: 3 }, 10);
    lab.act("bob", {
      type: "message.edit",
      messageId: lab.backend.messageAt(1)?.id ?? "",
      content: { text: "ONE" },
    });
    lab.inFlight.at(-1)?.();
    expect(shown(lab)).toEqual(["three"]);
    lab.replica.acceptHistory(older);
    expect(shown(lab)).toEqual(["ONE", "two", "three"]);
    expect(lab.replica.view.get().complete).toBe(true);
  });

  it("[D4, L3] go back to the revision of a page that is older than all they kept", () => {
    const lab = createLab();
    for (const text of ["one", "two"]) lab.act("bob", say(text));
    const old = lab.backend.history({ before: 2 }, 10);
    lab.act("bob", { type: "message.delete", messageId: lab.backend.messageAt(1)?.id ?? "" });
    lab.replica.acceptSummary(lab.backend.summary());
    lab.replica.acceptHistory(old);
    expect(lab.replica.view.get().complete).toBe(false);
    expect(lab.replica.view.get().missing).toEqual({ afterRev: 6, upTo: 7 });
    lab.repair();
    expectCurrent(lab);
  });

  it("[D4] are not taken in by a page that was asked for before they went back", () => {
    const lab = createLab();
    for (const text of ["one", "two", "three"]) lab.act("bob", say(text));
    const old = lab.backend.history({ before: 2 }, 10);
    lab.act("bob", { type: "message.delete", messageId: lab.backend.messageAt(1)?.id ?? "" });
    lab.replica.acceptSummary(lab.backend.summary());
    for (const text of ["four", "five"]) lab.act("bob", say(text));
    const later = lab.backend.changes(8, 1);
    lab.replica.acceptHistory(old);
    lab.replica.acceptChanges(later, 8);
    expect(lab.replica.view.get().missing).toEqual({ afterRev: 7, upTo: 8 });
    lab.repair();
    expectCurrent(lab);
  });

  it("[D3] keep what was pushed while the first page was on its way", () => {
    const lab = createLab();
    for (const text of ["one", "two"]) lab.act("bob", say(text));
    lab.inFlight.length = 0;
    const page = lab.backend.history({}, 5);
    lab.act("bob", say("three"));
    deliverAll(lab);
    lab.replica.acceptHistory(page);
    expect(shown(lab)).toEqual(["one", "two", "three"]);
    expect(lab.replica.view.get().complete).toBe(true);
  });

  it("show all of a conversation that was empty when its first messages were lost", () => {
    const lab = createLab();
    lab.repair();
    for (const text of ["one", "two", "three"]) lab.act("bob", say(text));
    lab.replica.acceptChanges(lab.backend.changes(4, 10), 4);
    expect(shown(lab)).toEqual(["one", "two", "three"]);
    expect(lab.replica.view.get()).toMatchObject({ complete: true, hasOlder: false });
  });

  it("[D3] take an answer that is given again for what its command did, not for what was done since", () => {
    const lab = createLab();
    const poll = { options: ["tea", "coffee"], anonymous: true };
    lab.act("bob", { type: "message.send", kind: "poll", content: { text: "Which?", poll } });
    lab.repair();
    const messageId = lab.backend.messageAt(1)?.id ?? "";
    const votes = [0, 1].map((choice) => lab.give({ type: "poll.vote", messageId, choices: [choice] }));
    const [first, second] = votes.map((vote) => lab.backend.act(READER, vote));
    const record = second?.changes[0]?.record;
    if (!first || !second || !record) throw new Error("it was refused");
    lab.replica.acceptAck(second);
    lab.replica.acceptAck({ ...first, changes: first.changes.map((change) => ({ ...change, record })) });
    const hasVoted = [0, 1].map((option) =>
      lab.replica.records.hasReacted(messageId, READER, optionMark(option)),
    );
    expect(hasVoted).toEqual([false, true]);
    expectCurrent(lab);
  });

  it("[D3] wait for the page of an older poll, which says what was one's own, though a change of it joins what is here", () => {
    const lab = createLab();
    const poll = { options: ["tea", "coffee"], anonymous: true };
    lab.act("bob", { type: "message.send", kind: "poll", content: { text: "Which?", poll } });
    for (const text of ["two", "three"]) lab.act("bob", say(text));
    const messageId = lab.backend.messageAt(1)?.id ?? "";
    lab.act(READER, { type: "poll.vote", messageId, choices: [1] });
    lab.inFlight.length = 0;
    lab.replica.acceptHistory(lab.backend.history({}, 2));
    lab.replica.acceptSummary(lab.backend.summary());
    lab.act("bob", { type: "poll.vote", messageId, choices: [0] });
    deliverAll(lab);
    expect(lab.replica.view.get().hasOlder).toBe(true);
    lab.replica.acceptHistory(lab.backend.history({ before: 2 }, 2));
    expect(lab.replica.records.hasReacted(messageId, READER, optionMark(1))).toBe(true);
  });

  it("[D9] remember a bounded number of changes to messages not here, and fetch the others again", () => {
    const lab = createLab();
    for (let seq = 1; seq <= 302; seq += 1) lab.act("bob", say(String(seq)));
    lab.inFlight.length = 0;
    lab.replica.acceptSummary(lab.backend.summary());
    const older = lab.backend.history({ before: 302 }, 400);
    for (let seq = 1; seq <= 301; seq += 1) {
      const messageId = lab.backend.messageAt(seq)?.id ?? "";
      lab.act("bob", { type: "message.edit", messageId, content: { text: `${seq}!` } });
    }
    deliverAll(lab);
    expect(lab.replica.view.get().complete).toBe(true);
    lab.replica.acceptHistory(older);
    expect(lab.replica.view.get().missing).toEqual({ afterRev: 306, upTo: 351 });
    lab.repair(100);
    expectCurrent(lab);
  });

  it("begin a conversation seen from its first change on without any page", () => {
    const lab = createLab();
    for (const change of lab.backend.log) lab.replica.acceptChange(change);
    lab.act("bob", say("one"));
    deliverAll(lab);
    expect(lab.replica.cursor).toEqual({ epoch: "e1", rev: 5 });
    expect(lab.replica.view.get()).toMatchObject({ complete: true, hasOlder: false });
    expect(shown(lab)).toEqual(["one"]);
  });

  it("[L4] keep showing what they have after a reset, until a new page and summary come", () => {
    const lab = labWith("one", "two", "three");
    lab.act("cyd", { type: "participant.leave" });
    lab.act("bob", say("four"));
    lab.backend.prune(2);
    lab.replica.acceptChanges(lab.backend.changes(3, 10), 3);
    expect(shown(lab)).toEqual(["one", "two", "three", "4…4"]);
    expect(lab.replica).toMatchObject({ cursor: undefined, isStale: true });
    expect(lab.replica.view.get().complete).toBe(false);
    lab.replica.acceptHistory(lab.backend.history({}, 2));
    expect(shown(lab)).toEqual(["three", "four"]);
    expect(lab.replica.view.get().hasOlder).toBe(true);
    lab.replica.acceptSummary(lab.backend.summary());
    expect(lab.replica.isStale).toBe(false);
    expect(lab.replica.members.get().map(({ userId }) => userId)).toEqual([READER]);
    expect(lab.replica.view.get().complete).toBe(true);
  });

  it("begin anew from a summary where nobody looks", () => {
    const lab = labWith("one", "two");
    for (const text of ["three", "four"]) lab.act("bob", say(text));
    lab.replica.reset();
    expect(lab.replica.isStale).toBe(true);
    lab.replica.acceptSummary(lab.backend.summary());
    expect(shown(lab)).toEqual(["four"]);
    expect(lab.replica.isStale).toBe(false);
    expect(lab.replica.view.get()).toMatchObject({ complete: true, hasOlder: true });
    expect(lab.replica.unread.get()).toBe(4);
    lab.loadAll();
    expect(shown(lab)).toEqual(["one", "two", "three", "four"]);
  });

  it("[L4] leave nothing of another epoch but pending commands", () => {
    const lab = labWith("one", "two");
    lab.give(say("mine"));
    lab.replica.acceptEpoch("e1");
    expect(shown(lab)).toEqual(["one", "two", "mine"]);
    lab.replica.acceptEpoch("e2");
    expect(shown(lab)).toEqual(["mine"]);
    expect(lab.replica.cursor).toBeUndefined();
    expect(lab.replica.conversation.get()).toBeUndefined();
    lab.backend.epoch = "e2";
    lab.repair();
    expect(lab.replica.cursor?.epoch).toBe("e2");
    expectCurrent(lab);
  });

  it("ignore the answer to a question of an earlier epoch, but not that the epoch changed", () => {
    const lab = labWith("one");
    lab.backend.epoch = "e2";
    lab.replica.acceptChanges(lab.backend.changes(2, 10), 2);
    expect(shown(lab)).toEqual([]);
    expect(lab.replica.cursor).toBeUndefined();
  });

  it("[D9, L15] hold no more messages than allowed: the oldest go, pending ones never", () => {
    const lab = createLab({ maxMessages: 3 });
    lab.repair();
    for (const text of ["one", "two", "three", "four", "five"]) lab.act("bob", say(text));
    lab.give(say("mine"));
    deliverAll(lab);
    expect(shown(lab)).toEqual(["three", "four", "five", "mine"]);
    expect(lab.replica.view.get()).toMatchObject({ hasOlder: true, complete: true });
    expect(isPlaced(lab.replica, lab.backend.messageAt(1)?.id ?? "")).toBe(false);
  });

  it("[D9] hold twice as many while someone reads upwards, so that what they load stays", () => {
    const lab = createLab({ maxMessages: 3 });
    for (const text of ["one", "two", "three", "four", "five", "six"]) lab.act("bob", say(text));
    lab.inFlight.length = 0;
    lab.repair(3);
    lab.replica.acceptHistory(lab.backend.history({ before: 4 }, 2));
    expect(shown(lab)).toEqual(["two", "three", "four", "five", "six"]);
    for (const text of ["seven", "eight"]) lab.act("bob", say(text));
    deliverAll(lab);
    expect(shown(lab)).toEqual(["three", "four", "five", "six", "seven", "eight"]);
    lab.replica.acceptHistory(lab.backend.history({}, 1));
    expect(shown(lab)).toEqual(["six", "seven", "eight"]);
  });

  it("let go of what the backend no longer keeps", () => {
    const lab = labWith("one", "two", "three");
    const old = lab.backend.history({ before: 3 }, 5);
    lab.backend.prune(3);
    lab.replica.acceptHistory(lab.backend.history({}, 1));
    expect(shown(lab)).toEqual(["three"]);
    expect(lab.replica.view.get().hasOlder).toBe(false);
    lab.replica.acceptHistory({ ...old, head: lab.backend.head });
    expect(shown(lab)).toEqual(["three"]);
    expect(lab.replica.known).toEqual([{ from: 3, to: 3 }]);
  });

  it("[D10, L5] survive a backend that moves a message, gives two one place, or counts beyond all bounds", () => {
    const lab = labWith("one", "two");
    const [one, two] = [lab.backend.messageAt(1), lab.backend.messageAt(2)];
    const change = lab.backend.log.at(-1);
    if (!one || !two || !change) throw new Error("unable to misbehave; there is nothing to do it with");
    const { rev } = change;
    const wrongs = [
      { ...one, seq: 7 },
      { ...two, id: idOf(900) },
      { ...two, id: idOf(901), seq: 2 ** 40 },
      { ...two, id: idOf(902), seq: 0 },
    ];
    wrongs.forEach((wrong, index) => {
      const record = { ...wrong, rev: rev + index + 1 };
      lab.replica.acceptChange({ ...change, rev: record.rev, record });
    });
    const ids = [...lab.replica.view.get().items].flatMap((item) =>
      item.type === "message" ? item.key : [],
    );
    expect(ids).toEqual([one.id, idOf(900)]);
  });

  it("[D3, L5] take the later of two states of a message that one page brings", () => {
    const lab = labWith();
    lab.act("bob", say("one"));
    const one = lab.backend.messageAt(1);
    if (!one) throw new Error("unable to go on; nothing was said");
    lab.act("bob", { type: "message.edit", messageId: one.id, content: { text: "two" } });
    const { rev = 0 } = lab.replica.cursor ?? {};
    const page = lab.backend.changes(rev, 5);
    lab.replica.acceptChanges({ ...page, records: [one, ...page.records] }, rev);
    expect(shown(lab)).toEqual(["two"]);
  });

  it.each([
    ["revision", 1],
    ["sequence", 0],
    ["revision and sequence", 2],
  ])("[D9] do not miss for ever what a %s beyond belief says there is", (_name, which) => {
    const lab = labWith("one", "two");
    const change = lab.backend.log.at(-1);
    const two = lab.backend.messageAt(2);
    if (!change || !two) throw new Error("unable to misbehave; there is nothing to do it with");
    const rev = which > 0 ? Number.MAX_SAFE_INTEGER : change.rev + 1;
    const seq = which !== 1 ? 2 ** 31 : 2;
    lab.replica.acceptChange({ ...change, rev, record: { ...two, id: idOf(900), seq, rev } });
    expect(lab.replica.view.get().complete).toBe(false);
    lab.act("bob", say("three"));
    deliverAll(lab);
    lab.repair();
    const { complete, head } = lab.replica.view.get();
    expect({ complete, head }).toEqual({ complete: true, head: lab.backend.head });
    expect(shown(lab).at(-1)).toBe("three");
  });
});

describe("a replica's pending commands", () => {
  it("[D3, L7] stand at the tail in the order given, whatever arrives, until they have a place", () => {
    const lab = labWith("one");
    const first = lab.give(say("first"));
    lab.give(say("second"));
    lab.act("bob", say("two"));
    deliverAll(lab);
    expect(shown(lab)).toEqual(["one", "two", "first", "second"]);
    const item = messageItem(lab.replica.view.get().items.at(2));
    expect(item).toMatchObject({ key: first.commandId, status: "queued", own: true, pending: true });
    expect(item.message).toMatchObject({
      seq: 0,
      rev: 0,
      authorId: READER,
      sentAt: first.at,
      createdAt: 5_000,
    });
  });

  it("[D2, L8] are shown once when confirmed by push, by ack, or by both in either order", () => {
    for (const order of [[0], [1], [0, 1], [1, 0], [0, 0, 1, 1]]) {
      const lab = labWith("one");
      const { commandId } = lab.give(say("mine"));
      lab.take();
      for (const index of order) lab.inFlight[index]?.();
      expect(shown(lab)).toEqual(["one", "mine"]);
      const item = messageItem(lab.replica.view.get().items.at(-1));
      expect(item).toMatchObject({ key: commandId, status: "sent", pending: false, message: { seq: 2 } });
      expect(isPlaced(lab.replica, commandId)).toBe(true);
    }
  });

  it("[D2, L8] are confirmed by a page in which the message is, though neither ack nor push came", () => {
    const lab = labWith("one");
    lab.give(say("mine"));
    lab.take();
    lab.inFlight.length = 0;
    lab.replica.acceptHistory(lab.backend.history({}, 5));
    expect(shown(lab)).toEqual(["one", "mine"]);
    expect(isPlaced(lab.replica, lab.pending[0]?.commandId ?? "")).toBe(true);
  });

  it("[D2] are not shown again when the outbox brings them back after the message has come", () => {
    const lab = labWith("one");
    const command = lab.backend.complete(say("mine"));
    lab.backend.act(READER, command);
    lab.repair();
    lab.replica.pend(command);
    lab.replica.setDelivery(command.commandId, "failed", new MessagingError("outbox/gave-up"));
    expect(shown(lab)).toEqual(["one", "mine"]);
    expect(lab.replica.view.get().items.at(-1)).toMatchObject({ status: "sent", error: undefined });
  });

  it("[D6, L6] undo their effect when refused, and leave everything as if they had never been", () => {
    const lab = labWith("one", "two");
    const messageId = lab.backend.messageAt(1)?.id ?? "";
    const before = lab.replica.view.get();
    const deeds: readonly BareCommand[] = [
      { type: "message.delete", messageId },
      { type: "message.react", messageId, emoji: "👍" },
      { type: "message.pin", messageId },
      say("mine"),
      { type: "conversation.update", name: "mine" },
      { type: "participant.remove", userId: "bob" },
      { type: "receipt.mark", readSeq: 2 },
    ];
    const commands = deeds.map((deed) => lab.give(deed));
    expect(shown(lab)).toEqual(["", "two", "mine"]);
    expect(lab.replica.conversation.get()?.name).toBe("mine");
    expect(lab.replica.members.get().map(({ userId }) => userId)).toEqual([READER, "cyd"]);
    expect(lab.replica.unread.get()).toBe(0);
    for (const { commandId } of commands) lab.replica.unpend(commandId);
    const after = lab.replica.view.get();
    expect([...after.items]).toEqual([...before.items]);
    expect([...after.items].every((item, index) => item === before.items.at(index))).toBe(true);
    lab.pending.length = 0;
    expectCurrent(lab);
  });

  it("[D6, L9] keep the text of a message that failed, with the reason", () => {
    const lab = labWith("one");
    const { commandId } = lab.give(say("mine"));
    const error = new MessagingError("permission/muted");
    lab.replica.setDelivery(commandId, "sending");
    expect(lab.replica.view.get().items.at(-1)).toMatchObject({ status: "sending", pending: true });
    lab.replica.setDelivery(commandId, "failed", error);
    expect(shown(lab)).toEqual(["one", "mine"]);
    expect(lab.replica.view.get().items.at(-1)).toMatchObject({ status: "failed", pending: false, error });
    lab.replica.setDelivery(commandId, "queued");
    expect(lab.replica.view.get().items.at(-1)).toMatchObject({
      status: "queued",
      pending: true,
      error: undefined,
    });
    lab.replica.setDelivery(commandId, "cancelled");
    expect(shown(lab)).toEqual(["one"]);
  });

  it("[D6, L6] undo a change that failed and say why at its message", () => {
    const lab = labWith();
    lab.give(say("mine"));
    lab.repair();
    const messageId = lab.backend.messageAt(1)?.id ?? "";
    const { commandId } = lab.give({ type: "message.edit", messageId, content: { text: "better" } });
    expect(shown(lab)).toEqual(["better"]);
    const error = new MessagingError("permission/muted");
    lab.replica.setDelivery(commandId, "failed", error);
    expect(shown(lab)).toEqual(["mine"]);
    expect(lab.replica.view.get().items.at(0)).toMatchObject({ status: "sent", pending: false, error });
  });

  it("[D6, L10] replay on top of what arrives meanwhile, and show nothing where they no longer apply", () => {
    const lab = labWith("one", "two");
    const [one, two] = [1, 2].map((seq) => lab.backend.messageAt(seq)?.id ?? "");
    lab.give({ type: "message.react", messageId: one ?? "", emoji: "👍" });
    lab.give({ type: "message.react", messageId: two ?? "", emoji: "👍" });
    lab.act("cyd", { type: "message.react", messageId: one ?? "", emoji: "👍" });
    lab.act("bob", { type: "message.delete", messageId: two ?? "" });
    deliverAll(lab);
    const [first, second] = [...lab.replica.view.get().items].map(messageItem);
    expect(first?.message.reactions).toEqual([{ emoji: "👍", count: 2, userIds: ["cyd", READER] }]);
    expect(second?.message).toMatchObject({ deletedBy: "bob", reactions: [] });
    expect(lab.replica.records.hasReacted(one ?? "", READER, "👍")).toBe(true);
    expect(lab.replica.records.hasReacted(two ?? "", READER, "👍")).toBe(false);
  });

  it("apply one upon the other, also on a message that is pending itself", () => {
    const lab = labWith();
    const { commandId: messageId } = lab.give(say("mine"));
    lab.give({ type: "message.edit", messageId, content: { text: "better" } });
    lab.give({ type: "message.react", messageId, emoji: "👍" });
    expect(messageItem(lab.replica.view.get().items.at(0))).toMatchObject({
      status: "queued",
      message: { content: { text: "better" }, version: 1, seq: 0, reactions: [{ emoji: "👍", count: 1 }] },
    });
    lab.take();
    deliverAll(lab);
    expect(messageItem(lab.replica.view.get().items.at(0))).toMatchObject({
      status: "sent",
      pending: true,
      message: { content: { text: "better" }, seq: 1 },
    });
    lab.repair();
    expectCurrent(lab);
  });

  it("[L10] look as the backend will make them, but for numbers it gives", () => {
    const lab = labWith("one");
    const command = lab.give({
      ...{ type: "message.send", kind: "image", content: { text: "mine", ranges: [] }, custom: { a: 1 } },
      ...{ replyTo: lab.backend.messageAt(1)?.id ?? "", threadId: lab.backend.messageAt(1)?.id ?? "" },
      forward: { conversationId: "c2", messageId: idOf(3), authorId: "dan" },
    });
    const pending = messageItem(lab.replica.view.get().items.at(-1)).message;
    const [made] = lab.backend.act(READER, command)?.changes ?? [];
    const { createdAt } = pending;
    expect({ ...made?.record, rev: 0, seq: 0, createdAt }).toEqual(pending);
  });

  it("show an answer to a message that is not here, and before anything at all is known", () => {
    const lab = createLab();
    lab.give({
      ...say("mine"),
      type: "message.send",
      kind: "text",
      content: { text: "mine" },
      replyTo: idOf(7),
    });
    const item = messageItem(lab.replica.view.get().items.at(0));
    expect(item.message).toMatchObject({ replyTo: idOf(7), content: { text: "mine" } });
    expect(lab.replica.view.get().complete).toBe(false);
  });

  it("keep a message in sight when one may no longer write: the backend has the word", () => {
    const lab = labWith("one");
    lab.give(say("mine"));
    lab.act(READER, { type: "conversation.status", status: "archived" });
    deliverAll(lab);
    expect(lab.replica.conversation.get()?.status).toBe("archived");
    expect(shown(lab)).toEqual(["one", "mine"]);
  });

  it("apply to a message that comes only later", () => {
    const lab = labWith("one", "two", "three");
    const other = createLab({ backend: lab.backend });
    other.replica.acceptSummary(lab.backend.summary());
    other.give({ type: "message.delete", messageId: lab.backend.messageAt(1)?.id ?? "" });
    expect(shown(other)).toEqual(["three"]);
    other.loadAll();
    expect(shown(other)).toEqual(["", "two", "three"]);
  });

  it("know one's own reactions where a message has more of them than names", () => {
    const people = Array.from({ length: 12 }, (_, index) => `p${index}`);
    const lab = createLab({ backend: createBackend([...people, "bob"]) });
    lab.act("bob", say("one"));
    const messageId = lab.backend.messageAt(1)?.id ?? "";
    for (const userId of [...people, READER])
      lab.act(userId, { type: "message.react", messageId, emoji: "👍" });
    lab.inFlight.length = 0;
    lab.replica.acceptHistory(lab.backend.history({}, 5));
    lab.replica.acceptSummary(lab.backend.summary());
    const has = (): boolean => lab.replica.records.hasReacted(messageId, READER, "👍");
    expect(has()).toBe(true);
    const count = (): number | undefined =>
      messageItem(lab.replica.view.get().items.at(0)).message.reactions[0]?.count;
    const { commandId } = lab.give({ type: "message.unreact", messageId, emoji: "👍" });
    expect([has(), count()]).toEqual([false, 12]);
    lab.replica.unpend(commandId);
    expect([has(), count()]).toEqual([true, 13]);
    // On another device, and heard of in the wrong order.
    lab.pending.length = 0;
    lab.act(READER, { type: "message.unreact", messageId, emoji: "👍" });
    lab.act(READER, { type: "message.react", messageId, emoji: "👍" });
    lab.act(READER, { type: "message.unreact", messageId, emoji: "👍" });
    for (const deliver of lab.inFlight.splice(0).reverse()) deliver();
    expect([has(), count()]).toEqual([false, 12]);
    lab.repair();
    expectCurrent(lab);
  });

  it.each(["", ", and another after it"])(
    "[D3] learn from a late answer what was one's own, though the change came before without saying so%s",
    (more) => {
      const people = Array.from({ length: 12 }, (_, index) => `p${index}`);
      const kept: string[] = [];
      const onUpdate = (messageIds: readonly string[]): void => void kept.push(...messageIds);
      const lab = createLab({ backend: createBackend([...people, "bob"]), onUpdate });
      lab.act("bob", say("one"));
      const messageId = lab.backend.messageAt(1)?.id ?? "";
      const like = { type: "message.react", messageId, emoji: "👍" } as const;
      for (const userId of people) lab.act(userId, like);
      lab.inFlight.length = 0;
      lab.replica.acceptHistory(lab.backend.history({}, 5));
      lab.replica.acceptSummary(lab.backend.summary());
      const ack = lab.backend.act(READER, lab.give(like));
      const later = more === "" ? undefined : lab.backend.act("bob", lab.backend.complete(like));
      if (!ack) throw new Error("it was refused");
      // As a backend repairs what its bus has lost: the record, and of what happened to it nothing.
      for (const { emoji: _emoji, ...change } of [...ack.changes, ...(later?.changes ?? [])])
        lab.replica.acceptChange({ ...change, commandId: messageId, kind: "message.send", actorId: "bob" });
      // The answer is given again, with the record as it is now.
      const record = lab.backend.messageAt(1);
      const changes = ack.changes.map((change) => ({ ...change, ...(record && { record }) }));
      kept.length = 0;
      lab.replica.acceptAck({ ...ack, changes });
      expect(lab.replica.records.hasReacted(messageId, READER, "👍")).toBe(true);
      expect(kept).toContain(messageId); // or the next life would not know
    },
  );

  it("create a conversation before the backend has heard of it", () => {
    const lab = createLab();
    lab.give({
      type: "conversation.create",
      kind: "group",
      name: "Plans",
      participants: [{ userId: "bob" }],
    });
    expect(lab.replica.conversation.get()).toMatchObject({ name: "Plans", createdBy: READER });
    expect(lab.replica.members.get().map(({ userId }) => userId)).toEqual([READER, "bob"]);
  });

  it("are refused beforehand only for what is certain", () => {
    const lab = labWith("one");
    const refusal = (bare: BareCommand): string | undefined =>
      lab.replica.refusalOf(lab.backend.complete(bare))?.code;
    const messageId = lab.backend.messageAt(1)?.id ?? "";
    expect(refusal(say("fine"))).toBeUndefined();
    expect(refusal(say(" "))).toBe("draft/empty");
    expect(refusal({ type: "message.edit", messageId, content: { text: "not mine" } })).toBe(
      "permission/denied",
    );
    expect(refusal({ type: "message.pin", messageId: idOf(900) })).toBeUndefined();
    expect(refusal({ type: "participant.role", userId: "dan", role: "admin" })).toBeUndefined();
    expect(createLab().replica.refusalOf(lab.backend.complete(say("nothing known")))).toBeUndefined();
  });
});

describe("a replica's view", () => {
  it("[L11] keeps every item the same object until something about it changes", () => {
    const lab = labWith("one", "two", "three");
    const before = [...lab.replica.view.get().items];
    lab.give({ type: "message.react", messageId: lab.backend.messageAt(2)?.id ?? "", emoji: "👍" });
    lab.give(say("mine"));
    const after = [...lab.replica.view.get().items];
    expect(before.map((item, index) => item === after[index])).toEqual([true, false, true]);
    lab.act("bob", say("four"));
    deliverAll(lab);
    for (const { commandId } of lab.pending) lab.replica.setDelivery(commandId, "queued");
    expect([...lab.replica.view.get().items].filter((item) => after.includes(item))).toEqual(after);
  });

  it("is the same object, and tells nobody, when what arrives is known already", () => {
    const lab = labWith("one", "two");
    const view = lab.replica.view.get();
    let calls = 0;
    lab.replica.view.subscribe(() => (calls += 1));
    for (const change of lab.backend.log) lab.replica.acceptChange(change);
    lab.replica.acceptHead(lab.backend.head);
    expect(lab.replica.view.get()).toBe(view);
    expect(calls).toBe(0);
  });

  it("[L11] stays as it was once read, and is announced once per batch", () => {
    const lab = labWith("one", "two");
    const view = lab.replica.view.get();
    const before = [...view.items];
    let calls = 0;
    lab.replica.view.subscribe(() => (calls += 1));
    lab.give(say("mine"));
    lab.act("bob", say("three"));
    deliverAll(lab);
    expect(calls).toBe(2);
    expect([...view.items]).toEqual(before);
    expect(view.items.length).toBe(2);
  });

  it("[D5, L12] shows delivery by the watermarks of others, which never go back", () => {
    const lab = labWith();
    lab.give(say("mine"));
    lab.repair();
    const item = (): MessageItem => messageItem(lab.replica.view.get().items.at(0));
    const receipt = { conversationId: CONVERSATION, userId: "bob", deliveredSeq: 1, readSeq: 0, at: 1 };
    expect(item().status).toBe("sent");
    lab.replica.acceptReceipt({ ...receipt, userId: READER, readSeq: 1 });
    expect(item().status).toBe("sent");
    lab.replica.acceptReceipt(receipt);
    expect(item().status).toBe("delivered");
    lab.replica.acceptReceipt({ ...receipt, userId: "cyd", readSeq: 1, at: 3 });
    expect(item().status).toBe("read");
    expect(lab.replica.readersOf(1)).toEqual(["cyd"]);
    const read = item();
    lab.replica.acceptReceipt({ ...receipt, userId: "cyd", at: 2 });
    lab.replica.acceptReceipt(receipt);
    expect(item()).toBe(read);
    expect(lab.replica.receipts.get()).toHaveLength(3);
  });

  it("[D8, L16] forgets everything when another reader comes, who sees only what is pending, as their own", () => {
    let reader = "";
    const scope = createScope(() => {});
    const { limits } = defaultPolicy;
    const replica = createReplica({
      ...{ conversationId: CONVERSATION, userId: () => reader, scope, limits: () => limits, now: () => 0 },
    });
    const backend = createBackend();
    replica.pend(backend.complete(say("pending")));
    backend.act(READER, say("mine"));
    backend.act("bob", say("theirs"));
    replica.acceptHistory(backend.history({}, 5));
    expect(replica.view.get().items.length).toBe(3);
    reader = READER;
    replica.acceptHead(backend.head);
    const [item, ...others] = replica.view.get().items;
    expect(others).toEqual([]);
    expect(messageItem(item)).toMatchObject({ own: true, message: { authorId: READER } });
    replica.acceptHistory(backend.history({}, 5));
    expect([...replica.view.get().items].map((each) => messageItem(each).own)).toEqual([true, false, true]);
    expect(replica.unread.get()).toBe(1);
  });
});
