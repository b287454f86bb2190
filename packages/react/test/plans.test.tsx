// @vitest-environment jsdom
import { renderHook } from "@testing-library/react";
import { usePlans, useReminders, useScheduled } from "@tidings/react";
import { describe, expect, it } from "vitest";
import { doing, refuseWarnings, world, wrapperFor } from "./harness.tsx";

refuseWarnings();

describe("hooks for what is done later", () => {
  it("show what is planned here and on another device, and let one plan more", async () => {
    const here = world();
    const [phone, desk] = [await here.join("ada"), await here.join("ada")];
    const shown = [phone, desk].map((client) =>
      renderHook(
        () => ({ plans: usePlans(), scheduled: useScheduled("general"), reminders: useReminders() }),
        {
          wrapper: wrapperFor(client),
        },
      ),
    );
    const [one, other] = shown.map(({ result }) => result);
    const sent = await doing(() => phone.conversation("general").send("look"));
    await doing(async () => {
      await one?.current.plans.schedule("general", "later", here.clock.now() + 5_000);
      await one?.current.plans.schedule("elsewhere", "later, too", here.clock.now() + 50_000);
    });
    await here.settle(1_000);
    await doing(async () => {
      await other?.current.plans.remind("general", sent.id, here.clock.now() + 5_000);
    });
    await here.settle();
    for (const { result } of shown) {
      expect(result.current.scheduled).toMatchObject([{ status: "waiting", conversationId: "general" }]);
      expect(result.current.reminders).toMatchObject([{ messageId: sent.id, firedAt: undefined }]);
    }
    await here.settle(10_000);
    for (const { result } of shown) {
      expect(result.current.scheduled).toEqual([]);
      expect(result.current.reminders).toMatchObject([{ messageId: sent.id, firedAt: expect.any(Number) }]);
    }
  });
});
