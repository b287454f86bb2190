import { describe, expect, it } from "vitest";
import { texts, world } from "../../test/client/world.ts";
import { memoryStorage } from "../memory/storage.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import type { Client, Conversation } from "./types.ts";

const ROOMS = ["one", "two", "three"];

/** A few people, one of whom starts anew again and again on the same storage, in bad weather. */
async function story(seed: number): Promise<void> {
  const chance = seededRandom(seed);
  const below = (most: number): number => Math.floor(chance.next() * most);
  const here = world({ conversations: ROOMS.map((conversationId) => ({ conversationId })) });
  const { faults, messages } = here.backend;
  const storage = memoryStorage();
  const ben = here.client("ben", { logger: () => {} });
  await ben.connect();
  await here.clock.settle();
  /** Every text a message has had, in any epoch. */
  const said = new Map<string, Set<unknown>>();
  const hear = (id: string, text: string): void => {
    said.set(id, (said.get(id) ?? new Set()).add(text));
  };
  const note = (): void => {
    for (const room of ROOMS) for (const { id, content } of messages(room)) hear(id, Object(content).text);
  };

  let ada: Client | undefined;
  const start = async (isOnline: boolean): Promise<Client> => {
    const client = here.client("ada", { userId: "ada", storage, logger: () => {} });
    for (const room of ROOMS) if (below(2) === 0) client.conversation(room);
    await here.clock.settle();
    for (const { record } of client.conversations.get()) {
      for (const item of client.conversation(record?.conversationId ?? "").timeline.get().items) {
        if (item.type !== "message" || item.message.seq === 0 || item.pending) continue;
        const { id, content } = item.message;
        expect([...(said.get(id) ?? [])], `seed ${seed}`).toContain(Object(content).text);
      }
    }
    if (isOnline) void client.connect();
    return (ada = client);
  };
  const anyRoom = (): string => ROOMS[below(ROOMS.length)] ?? "";
  const anyMessage = (room: Conversation): string => {
    const { items } = room.timeline.get();
    const item = items.at(below(Math.max(1, items.length)));
    return item?.type === "message" ? item.key : "";
  };
  const speak = async (client: Client): Promise<void> => {
    const room = client.conversation(anyRoom());
    const messageId = anyMessage(room);
    const text = `m${below(1_000_000)}`;
    const acts: (() => unknown)[] = [
      ...Array.from({ length: 4 }, () => () => room.send(text).then(({ id }) => hear(id, text))),
      () => room.edit(messageId, text).then(() => hear(messageId, text)),
      () => room.react(messageId, "👍"),
      () => room.delete(messageId),
      () => room.markRead(),
    ];
    await Promise.resolve(acts[below(messageId === "" ? 4 : 8)]?.()).catch(() => {});
  };

  const doings: (() => unknown)[] = [
    () => ada && speak(ada),
    () => speak(ben),
    () => speak(ben),
    () => faults.cut({ userId: "ada" }),
    () => faults.dropPushes(below(2) * 0.4),
    () => faults.duplicatePushes(below(2) === 0),
    () => faults.dropAcks(below(2)),
    () => (below(2) === 0 ? ada?.disconnect() : void ada?.connect()),
    async () => {
      const before = ada;
      if (below(2) === 0) await before?.close();
      else before?.disconnect(); // abandoned, as by a crash
      await start(below(3) > 0);
    },
    () => below(4) === 0 && faults.prune({ conversationId: anyRoom(), keepMessages: 5 }),
    () => below(6) === 0 && faults.backup(),
    () => below(10) === 0 && faults.restore(),
  ];
  await start(true);
  for (let step = 0; step < 80; step += 1) {
    await doings[below(doings.length)]?.();
    if (below(3) === 0) await here.clock.advance(below(1_500));
    note();
  }
  faults.dropPushes(0);
  await ada?.close();
  const last = await start(true);
  await here.clock.advance(120_000);
  for (const room of ROOMS) {
    const shown = last.conversation(room);
    await here.clock.advance(5_000);
    for (let pages = 0; shown.timeline.get().hasOlder && pages < 9; pages += 1)
      await shown.timeline.loadOlder();
    const truth = messages(room).map(({ content }) => Object(content).text);
    // What the backend has let go of meanwhile nobody takes from who has it.
    const pruned =
      (messages(room)[0]?.seq ?? Infinity) - (Object(shown.timeline.get().items.at(0)).message?.seq ?? 1);
    expect(texts(shown).slice(Math.max(0, pruned)), `seed ${seed}, ${room}`).toEqual(truth);
    const readSeq = shown.receipts.get().find(({ userId }) => userId === "ada")?.readSeq ?? 0;
    const unread = messages(room).filter(
      ({ seq, authorId, deletedAt }) => seq > readSeq && authorId !== "ada" && deletedAt === undefined,
    );
    if (pruned <= 0) expect(shown.unread.get(), `seed ${seed}, unread in ${room}`).toBe(unread.length);
  }
  await last.close();
}

describe("a client that starts anew again and again", () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    "[D1, D4, K1, K3] shows nothing that never was, and in the end what there is, seed %i",
    story,
    20_000,
  );
});
