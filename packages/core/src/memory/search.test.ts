import { describe, expect, it } from "vitest";
import { enter, type Guest } from "../../test/guest.ts";
import { virtualClock } from "../testing/virtual-clock.ts";
import { createMemoryBackend, type MemoryBackend } from "./backend.ts";

async function setUp(): Promise<{
  readonly backend: MemoryBackend;
  readonly ada: Guest;
  readonly bob: Guest;
}> {
  const backend = createMemoryBackend({ clock: virtualClock(1_000) });
  return {
    backend,
    ada: await enter(backend.transport("ada")),
    bob: await enter(backend.transport("bob")),
  };
}

const found = async ({ link }: Guest, text: string): Promise<readonly unknown[]> => {
  const { items } = await link.query({ type: "search", text, limit: 10 });
  return items.map(({ message: { content } }) => "text" in content && content.text);
};

describe("searching the in-memory backend", () => {
  it("finds what was said, in pages, the newest first, while more is said", async () => {
    const { ada, bob } = await setUp();
    for (const text of ["word one", "word two", "else", "word three"]) await bob.say(text);
    const query = { type: "search", text: "wor", limit: 2 } as const;
    const first = await ada.link.query(query);
    await bob.say("word four");
    const second = await ada.link.query({ ...query, after: first.next ?? "" });
    const texts = [...first.items, ...second.items].map(({ message: { content } }) => Object(content).text);
    expect(texts).toEqual(["word three", "word two", "word one"]);
    expect(second.next).toBe(undefined);
    await expect(ada.link.query({ ...query, after: "x" })).rejects.toMatchObject({ code: "query/malformed" });
    expect((await ada.link.query({ type: "search", text: "?!", limit: 2 })).items).toEqual([]);
  });

  it("[D8] finds nothing of others, nor what was deleted", async () => {
    const { ada, bob, backend } = await setUp();
    const { commandId: messageId } = await bob.say("secret one");
    await bob.say("secret two");
    const on = { conversationId: "general", at: 0 } as const;
    await bob.link.submit({
      type: "message.delete",
      commandId: messageId.replace(/^./, "f"),
      messageId,
      ...on,
    });
    expect(await found(ada, "secret")).toEqual(["secret two"]);
    await ada.link.submit({ type: "participant.leave", commandId: messageId.replace(/^./, "e"), ...on });
    expect(await found(ada, "secret")).toEqual([]);
    await expect(
      ada.link.query({ type: "search", text: "secret", conversationId: "general", limit: 2 }),
    ).rejects.toMatchObject({ code: "conversation/not-found" });
    expect(backend.links).toBe(2);
  });
});
