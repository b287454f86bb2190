// @vitest-environment jsdom
import { renderHook } from "@testing-library/react";
import { useUnreadMentions } from "@tidings/react";
import { describe, expect, it } from "vitest";
import { doing, refuseWarnings, world, wrapperFor } from "./harness.tsx";

refuseWarnings();

describe("the hook for unread mentions", () => {
  it("shows those of one conversation, and of all, and renders again for no other", async () => {
    const here = world();
    const [ada, ben] = [await here.join("ada"), await here.join("ben")];
    const wrapper = wrapperFor(ada);
    let renders = 0;
    const one = renderHook(
      () => {
        renders += 1;
        return useUnreadMentions("general");
      },
      { wrapper },
    );
    const all = renderHook(() => useUnreadMentions(), { wrapper });
    const ask = { text: "@ada", ranges: [{ type: "mention", start: 0, end: 4, value: "ada" }] } as const;
    await doing(() => ben.conversation("general").send(ask));
    await here.settle();
    const rendered = renders;
    await doing(() => ben.conversation("elsewhere").send(ask));
    await here.settle();
    expect(one.result.current.map(({ seq }) => seq)).toEqual([1]);
    expect(all.result.current.map(({ conversationId }) => conversationId).sort()).toEqual([
      "elsewhere",
      "general",
    ]);
    expect(renders).toBe(rendered);
    await doing(async () => ada.conversation("general").markRead());
    expect([one.result.current, all.result.current.length]).toEqual([[], 1]);
  });
});
