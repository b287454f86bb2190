import { claimed } from "@tidings/core/domain";
import { virtualClock } from "@tidings/core/testing";
import { notebookOf, type NoteRecord, type NoteValue } from "@tidings/core/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PushMessage } from "../../src/push/provider.ts";
import type { OnEnd, Renew } from "../../src/push/push-queue.ts";
import { remindByPush } from "../../src/push/reminders.ts";
import { openLibsqlStore } from "../../src/store/index.ts";
import { engineClock } from "../support/engine-bench.ts";
import { Workbench } from "../store/workbench.ts";

const NOON = Date.parse("2026-03-04T12:00Z");

let bench: Workbench;
let queued: (readonly [PushMessage, OnEnd, Renew | undefined])[];
beforeEach(async () => {
  bench = new Workbench(openLibsqlStore());
  queued = [];
  await bench.group("tea", "ada", "bob");
  await subscribe("phone");
});
afterEach(() => bench.store.close());

const subscribe = async (deviceId: string): Promise<void> =>
  bench.store.push?.put({
    ...{ userId: "bob", deviceId, endpoint: `https://push.example/bob/${deviceId}`, at: 1 },
    ...{ p256dh: "key", auth: "secret" },
  });

/** Bob is told of a reminder of his; whether that is over. */
function told(
  messageId: string,
  value: NoteValue = {},
  now = NOON,
  conversationId = "tea",
): Promise<boolean> {
  const { push: targets } = bench.store;
  if (!targets) throw new Error("no devices");
  const add = (message: PushMessage, onEnd: OnEnd = () => {}, renew?: Renew): void =>
    void queued.push([message, onEnd, renew]);
  const clock = { ...engineClock(virtualClock(now)), soon: setImmediate };
  const remind = remindByPush({ store: bench.store, targets, queue: { add }, clock, ttlMs: 60_000 });
  const note: NoteRecord = {
    ...{ type: "note", conversationId: notebookOf("bob"), rev: 1, at: 1 },
    subject: { kind: "reminder", conversationId, messageId },
    value: claimed({ dueAt: NOON, ...value }, now, true),
  };
  const isOver = remind("bob", note);
  return isOver;
}

/** As `told`, where pushes arrive at once; what the last of them said. */
async function pushed(...of: Parameters<typeof told>): Promise<PushMessage["payload"] | undefined> {
  const before = queued.length;
  const isOver = told(...of);
  await expect.poll(() => queued.length).toBeGreaterThan(before);
  for (const [, onEnd] of queued) onEnd(true);
  expect(await isOver).toBe(true);
  return queued.at(-1)?.[0].payload;
}

const rules = async (value: NoteValue["rules"] = {}): Promise<unknown> =>
  bench.accepted("bob", {
    ...{ type: "note.set", conversationId: notebookOf("bob"), value: { rules: value } },
    subject: { kind: "notify", conversationId: notebookOf("bob") },
  });

describe("whoever wanted to be reminded", () => {
  it("is told on all their devices of the message as it is now, apart from what else is pushed of it (rows I1, F12)", async () => {
    await subscribe("desk");
    const messageId = await bench.said("ada", "tea", "look");
    const other = await bench.said("bob", "tea", "mine");
    await bench.accepted("ada", {
      ...{ type: "message.edit", conversationId: "tea", messageId, content: { text: "look here" } },
    });
    const common = { version: 1, conversationId: "tea", count: 1, badge: 1, sound: true, dueAt: NOON };
    expect(await pushed(messageId, { text: "x".repeat(500) })).toEqual({
      ...{ ...common, messageId, seq: 1, authorId: "ada", text: "look here", note: `${"x".repeat(200)}…` },
    });
    expect(await pushed(other)).toEqual({
      ...common,
      messageId: other,
      seq: 2,
      authorId: "bob",
      text: "mine",
    });
    expect(queued.map(([{ target }]) => target.deviceId)).toEqual(["desk", "phone", "desk", "phone"]);
    const topics = new Set(queued.map(([{ topic }]) => topic));
    expect(topics.size).toBe(2);
    for (const topic of topics) expect(topic).toMatch(/^[\w-]{32}$/);
  });

  it("[D8] is told, where that had to wait, of the message as it is by then (rows D25, F12)", async () => {
    const messageId = await bench.said("ada", "tea", "look");
    expect(await pushed(messageId)).toMatchObject({ text: "look" });
    const [, , renew] = queued.at(-1) ?? [];
    await bench.accepted("ada", { type: "message.delete", conversationId: "tea", messageId });
    expect(await renew?.()).toMatchObject({ messageId, dueAt: NOON });
    expect((await renew?.())?.text ?? "").toBe("");
  });

  it("is told within what push services take, whatever somebody has written (row F12)", async () => {
    const author = "👤".repeat(128);
    for (const [index, sign] of ["\u0001", "\u001b", '"', "\\", "x\n", "語", "😀"].entries()) {
      const on = { conversationId: `${"🛫".repeat(127)}${index}` } as const;
      const [text, name] = [sign.repeat(300), sign.repeat(256 / sign.length)];
      const participants = [{ userId: "bob" }];
      await bench.accepted(author, { type: "conversation.create", kind: "group", name, participants, ...on });
      const content = { text };
      const said = { type: "message.send", kind: "text", content, ...on } as const;
      const { commandId } = await bench.accepted(author, said);
      const payload = await pushed(commandId, { text }, NOON, on.conversationId);
      expect(payload).toMatchObject({ note: expect.any(String), text: expect.any(String), ...on });
      // 4,096 less what encrypting it adds (RFC 8291).
      expect([sign, Buffer.byteLength(JSON.stringify(payload)) <= 3_993]).toEqual([sign, true]);
    }
  });

  it("is told whatever is muted or quiet then, as they asked for it; of what comes late into quiet hours, without a sound", async () => {
    const messageId = await bench.said("ada", "tea", "look");
    const subject = { kind: "muted", conversationId: "tea" } as const;
    await bench.accepted("bob", { type: "note.set", conversationId: notebookOf("bob"), subject, value: {} });
    await bench.accepted("bob", { type: "participant.notify", conversationId: "tea", notify: "none" });
    await rules({ level: "none", quiet: { timeZone: "UTC", from: 11 * 60, to: 13 * 60 } });
    expect(await pushed(messageId)).toMatchObject({ sound: true, text: "look" });
    expect(await pushed(messageId, { dueAt: NOON - 7_200_000 })).toMatchObject({ sound: false });
    await rules({ sound: false });
    expect(await pushed(messageId)).toMatchObject({ sound: false });
  });

  it("[D8] is told no more than that it is time where they may not read or show it", async () => {
    const messageId = await bench.said("ada", "tea", "a secret");
    const bare = ["version", "conversationId", "messageId", "seq", "count", "sound", "badge", "dueAt"].sort();
    const keys = async (id = messageId): Promise<readonly string[]> =>
      Object.keys((await pushed(id, { text: "my own words" })) ?? {}).sort();
    expect(await keys()).toEqual([...bare, "authorId", "note", "text"].sort());
    await rules({ previews: false });
    expect(await keys()).toEqual(bare);
    await rules();
    const settings = { typing: true, receipts: true };
    const confidential = { type: "conversation.update", conversationId: "tea" } as const;
    await bench.accepted("ada", { ...confidential, settings: { ...settings, confidential: true } });
    expect(await keys()).toEqual(bare);
    await bench.accepted("ada", { ...confidential, settings });
    const block = { kind: "block", conversationId: notebookOf("bob"), userId: "ada" } as const;
    const mine = { conversationId: notebookOf("bob"), subject: block };
    await bench.accepted("bob", { type: "note.set", ...mine, value: {} });
    expect(await keys()).toEqual(bare);
    await bench.accepted("bob", { type: "note.clear", ...mine });
    const gone = await bench.said("ada", "tea", "gone");
    await bench.accepted("ada", { type: "message.delete", conversationId: "tea", messageId: gone });
    expect(await keys(gone)).toEqual(bare);
    expect(await keys()).toEqual([...bare, "authorId", "note", "text"].sort());
    await bench.accepted("ada", { type: "participant.remove", conversationId: "tea", userId: "bob" });
    expect(await keys()).toEqual(bare);
    expect(await pushed(messageId)).toMatchObject({ seq: 0 });
  });

  it("is told once each device was, and again if one was not", async () => {
    await subscribe("desk");
    const isOver = told(await bench.said("ada", "tea", "look"));
    await expect.poll(() => queued.length).toBe(2);
    let ended: boolean | undefined;
    void isOver.then((is) => (ended = is));
    queued[0]?.[1](true);
    await Promise.resolve();
    expect(ended).toBeUndefined();
    queued[1]?.[1](false);
    expect(await isOver).toBe(false);
    await bench.store.push?.remove("bob", "phone");
    await bench.store.push?.remove("bob", "desk");
    expect(await told(await bench.said("ada", "tea", "nowhere to tell it"))).toBe(true);
    expect(queued).toHaveLength(2);
  });
});
