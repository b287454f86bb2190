// @vitest-environment jsdom
import { renderHook } from "@testing-library/react";
import { useBookmarks, useHidden, useNotebook, useNotedConversations } from "@tidings/react";
import { describe, expect, it } from "vitest";
import { doing, refuseWarnings, world, wrapperFor } from "./harness.tsx";

refuseWarnings();

describe("hooks for what one keeps for oneself", () => {
  it("show what is noted here and on another device, and let one note more", async () => {
    const here = world();
    const [phone, desk] = [await here.join("ada"), await here.join("ada")];
    const shown = [phone, desk].map((client) =>
      renderHook(
        () => ({
          notebook: useNotebook(),
          list: useNotedConversations(),
          bookmarks: useBookmarks(),
          hidden: useHidden(),
        }),
        { wrapper: wrapperFor(client) },
      ),
    );
    const [one, other] = shown.map(({ result }) => result);
    const sent = await doing(() => phone.conversation("general").send("keep this"));
    await doing(async () => {
      await one?.current.notebook.pin("general");
      await one?.current.notebook.bookmark("general", sent.id);
    });
    await here.settle(1_000); // both draw the same chances, at another time they make other ids
    await doing(async () => void (await other?.current.notebook.hide("general", sent.id)));
    await here.settle();
    for (const { result } of shown) {
      expect(result.current.list).toMatchObject([
        { conversationId: "general", pinned: true, archived: false },
        { conversationId: "elsewhere", pinned: false },
      ]);
      expect(result.current.bookmarks).toMatchObject([{ conversationId: "general", messageId: sent.id }]);
      expect([...result.current.hidden]).toEqual([sent.id]);
    }
  });
});
