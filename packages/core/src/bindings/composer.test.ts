import { describe, expect, it } from "vitest";
import { createClient } from "../client/create-client.ts";
import type { Client, Conversation } from "../client/types.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { createMemoryBackend } from "../memory/backend.ts";
import { memoryTransport } from "../memory/memory-transport.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { virtualClock, type VirtualClock } from "../testing/virtual-clock.ts";
import { createComposer } from "./composer.ts";
import type { Composer, ComposerOptions } from "./composer-types.ts";
import { messageIn } from "./composer-sources.ts";

interface Lab {
  readonly clock: VirtualClock;
  readonly client: Client;
  readonly room: Conversation;
  readonly composer: Composer<string>;
  readonly texts: () => readonly string[];
}

async function lab(options: ComposerOptions<string> = {}): Promise<Lab> {
  const clock = virtualClock(1_000_000);
  const backend = createMemoryBackend({ clock, random: seededRandom(1), policy: defaultPolicy });
  const transport = memoryTransport({ backend, userId: "ada" });
  const client = createClient({ transport, clock, random: seededRandom(2) });
  void client.connect();
  await clock.advance(1);
  for (const userId of ["adele", "Bo"]) {
    void createClient({ transport: memoryTransport({ backend, userId }), clock }).connect();
  }
  await clock.advance(1);
  const room = client.conversation("general");
  await room.members.load();
  const composer = createComposer(room, { clock, ...options });
  const texts = (): readonly string[] =>
    room.timeline
      .get()
      .items.slice()
      .map((item) =>
        item.type === "message" && "text" in item.message.content ? item.message.content.text : "?",
      );
  return { clock, client, room, composer, texts };
}

describe("a composer", () => {
  it("sends what was written, and is free at once", async () => {
    const { composer, texts, room } = await lab();
    composer.write("hello");
    expect(composer.get()).toMatchObject({ text: "hello", canSend: true, issues: [] });
    const sending = composer.send();
    expect(composer.get()).toMatchObject({ text: "", canSend: false });
    expect(texts()).toEqual(["hello"]);
    expect((await sending)?.conversationId).toBe(room.id);
  });

  it("sends nothing when there is nothing, and finds nothing wrong with that", async () => {
    const { composer, texts } = await lab();
    for (const text of ["", "  \n"]) {
      composer.write(text);
      expect(composer.get()).toMatchObject({ canSend: false, issues: [] });
      expect(await composer.send()).toBeUndefined();
    }
    expect(texts()).toEqual([]);
  });

  it("says while typing what is wrong, and by how much", async () => {
    const { composer } = await lab();
    composer.write("x".repeat(10_001));
    const [issue] = composer.get().issues;
    expect(issue).toMatchObject({ code: "draft/too-long", limit: 10_000, actual: 10_001 });
    expect(composer.get().canSend).toBe(false);
  });

  it("[D6] gives all that was written to whoever sends it later, is free at once, and takes back what they refuse", async () => {
    const { composer, room } = await lab({
      draftOf: ({ text, ranges, attachments }) => ({ text, ranges, custom: { attachments } }),
    });
    const { id } = await room.send("what do you say?");
    composer.reply(id);
    composer.attach("photo");
    composer.write("@ad");
    composer.choose({ value: "adele" });
    const given: unknown[] = [];
    const refused = composer.sendBy(async (draft) => {
      given.push(draft);
      throw new MessagingError("note/too-far", { message: "unable to plan" });
    });
    expect(composer.get()).toMatchObject({ text: "", attachments: [], about: undefined });
    expect(await refused).toBeUndefined();
    const { text } = composer.get();
    expect(composer.get()).toMatchObject({
      ...{ attachments: ["photo"], about: { messageId: id }, error: { code: "note/too-far" } },
    });
    const ranges = [{ type: "mention", value: "adele" }];
    expect(given).toMatchObject([{ text, ranges, replyTo: id, custom: { attachments: ["photo"] } }]);
    const sent = await composer.sendBy((draft) => room.send(`${draft.text}, later`));
    expect([composer.get().text, sent?.conversationId]).toEqual(["", room.id]);
    composer.edit(id);
    expect(await composer.sendBy(() => room.send("never"))).toBeUndefined();
    expect(composer.get().about).toEqual({ type: "edit", messageId: id });
  });

  it("[D6] gives back what was refused, unless something else is being written", async () => {
    const { composer, client } = await lab();
    await client.close();
    composer.write("kept");
    expect(await composer.send()).toBeUndefined();
    expect(composer.get()).toMatchObject({ text: "kept", caret: 4, error: { code: "client/closed" } });
    const sending = composer.send();
    composer.write("something else");
    await sending;
    expect(composer.get()).toMatchObject({ text: "something else", error: { code: "client/closed" } });
    composer.write("on with it");
    expect(composer.get().error).toBeUndefined();
  });

  it("keeps the text as the conversation's draft, also for another composer", async () => {
    const { composer, room } = await lab();
    composer.write("later");
    expect(room.draft.get()).toBe("later");
    expect(createComposer(room).get().text).toBe("later");
  });

  it("answers a message", async () => {
    const { composer, room } = await lab();
    const first = await room.send("question");
    composer.write("answer");
    composer.reply(first.id);
    const answer = await composer.send();
    expect(messageIn(room, answer?.id ?? "")?.replyTo).toBe(first.id);
    expect(composer.get().about).toBeUndefined();
  });

  it("edits a message while what was being written waits", async () => {
    const { composer, room, texts } = await lab();
    const { id } = await room.send("helo");
    composer.write("next");
    composer.edit(id);
    expect(composer.get()).toMatchObject({ text: "helo", caret: 4, about: { type: "edit", messageId: id } });
    composer.write("hello");
    expect(room.draft.get()).toBe("next");
    await composer.send();
    expect(texts()).toEqual(["hello"]);
    expect(composer.get()).toMatchObject({ text: "next", about: undefined });
  });

  it("completes mentions and sends what they mean, wherever the text around them goes", async () => {
    const { composer, room } = await lab();
    composer.write("hi @AD");
    expect(composer.get().suggestions.map(({ value }) => value)).toEqual(["ada", "adele", "admin"]);
    expect(composer.press({ key: "ArrowDown" })).toBe(true);
    expect(composer.press({ key: "Tab" })).toBe(true);
    expect(composer.get()).toMatchObject({ text: "hi @adele ", caret: 10, suggestions: [] });
    composer.write("hi @adele !");
    composer.write("oh, hi @adele !");
    const sent = await composer.send();
    expect(messageIn(room, sent?.id ?? "")?.content).toMatchObject({
      ranges: [{ type: "mention", start: 7, end: 13, value: "adele" }],
    });
  });

  it("completes the tags of what was said, the most used first", async () => {
    const { composer, room } = await lab();
    for (const [text, value] of [
      ["#café", "café"],
      ["#Cake", "Cake"],
      ["#cake", "Cake"],
      ["#tea", "tea"],
    ] as const)
      await room.send({ text, ranges: [{ type: "hashtag", start: 0, end: text.length, value }] });
    composer.write("more #CA");
    expect(composer.get().suggestions.map(({ value }) => value)).toEqual(["Cake", "café"]);
    composer.write("more #caf");
    composer.choose();
    expect(composer.get().text).toBe("more #café ");
    const sent = await composer.send();
    expect(messageIn(room, sent?.id ?? "")?.content).toMatchObject({
      ranges: [{ type: "hashtag", start: 5, end: 10, value: "café" }],
    });
  });

  it("offers emoji by name where the app has a list, and takes one by the keyboard (row F13)", async () => {
    const asked: string[] = [];
    const suggestEmoji = async (query: string) => {
      asked.push(query);
      return (await import("../compose/emoji.ts"))
        .emojiNamed(query, 3)
        .map(({ emoji, name }) => ({ value: emoji, label: name }));
    };
    const { composer, room } = await lab({ suggestEmoji });
    composer.write("it is 10:30 :s");
    expect(asked).toEqual([]);
    composer.write("it is 10:30 :smile");
    await expect.poll(() => composer.get().suggestions.length).toBe(3);
    expect(composer.get().suggestions[0]).toEqual({ value: "😄", label: "smile" });
    composer.press({ key: "Tab" });
    expect(composer.get()).toMatchObject({ text: "it is 10:30 😄 ", caret: 15, suggestions: [] });
    const without = createComposer(room);
    without.write(":smile");
    expect(without.press({ key: "Tab" })).toBe(false);
  });

  it("shows no suggestions for what is no longer being written", async () => {
    const answers: ((found: { value: string }[]) => void)[] = [];
    const suggest = (): Promise<{ value: string }[]> => new Promise((resolve) => answers.push(resolve));
    const { composer, clock } = await lab({ suggest });
    composer.write("@a");
    composer.write("@b");
    answers[1]?.([{ value: "bo" }]);
    await clock.settle();
    answers[0]?.([{ value: "ada" }]);
    await clock.settle();
    expect(composer.get().suggestions).toEqual([{ value: "bo" }]);
  });

  it("counts down while nothing may be sent at once, and queues what is sent all the same", async () => {
    const { composer, clock, texts } = await lab();
    const seen: number[] = [];
    const end = composer.subscribe(({ waitSeconds }) => seen.push(waitSeconds));
    for (let index = 0; index < 12; index += 1) {
      composer.write(`${index}`);
      void composer.send();
    }
    await clock.settle();
    expect(composer.get().waitSeconds).toBe(1);
    await clock.advance(5_000);
    expect(seen.at(-1)).toBe(0);
    expect(texts()).toHaveLength(12);
    end();
  });

  it("takes attachments along, which need no text", async () => {
    const { composer, room } = await lab({
      draftOf: ({ text, attachments }) => ({ text: text || "file", custom: { files: [...attachments] } }),
    });
    composer.attach("a.png");
    composer.attach("b.png");
    composer.attach("b.png");
    expect(composer.get().attachments).toEqual(["a.png", "b.png"]);
    composer.detach("a.png");
    expect(composer.get()).toMatchObject({ attachments: ["b.png"], canSend: true });
    const sent = await composer.send();
    expect(messageIn(room, sent?.id ?? "")?.custom).toEqual({ files: ["b.png"] });
    expect(composer.get().attachments).toEqual([]);
  });

  it("[D10] reads after the client was closed", async () => {
    const { composer, client } = await lab();
    composer.write("still here");
    await client.close();
    expect(composer.get().text).toBe("still here");
  });
});

describe("keys in a composer", () => {
  it("send, leave, and edit the last message", async () => {
    const { composer, texts, clock } = await lab();
    composer.write("one");
    expect(composer.press({ key: "Enter", shiftKey: true })).toBe(false);
    expect(composer.press({ key: "Enter", isComposing: true })).toBe(false);
    expect(composer.press({ key: "Enter" })).toBe(true);
    await clock.settle();
    expect(texts()).toEqual(["one"]);
    expect(composer.press({ key: "ArrowUp" })).toBe(true);
    expect(composer.get()).toMatchObject({ text: "one", about: { type: "edit" } });
    expect(composer.press({ key: "ArrowUp" })).toBe(false);
    expect(composer.press({ key: "Escape" })).toBe(true);
    expect(composer.get()).toMatchObject({ text: "", about: undefined });
    expect(composer.press({ key: "Escape" })).toBe(false);
  });

  it("leave the suggestions first", async () => {
    const { composer } = await lab();
    composer.write("@a");
    expect(composer.press({ key: "Escape" })).toBe(true);
    expect(composer.get().suggestions).toEqual([]);
    expect(composer.press({ key: "Tab" })).toBe(false);
  });
});
