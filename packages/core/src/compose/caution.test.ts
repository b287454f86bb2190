import { describe, expect, it, vi } from "vitest";
import { systemClock } from "../base/clock.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { type CautionOptions, cautionStep } from "./caution.ts";
import { linkify } from "./links.ts";
import { composePipeline, type ComposeStep, type Draft } from "./pipeline.ts";

const run = (step: ComposeStep, draft: Draft) =>
  composePipeline([linkify(), step]).run(draft, {
    ...{ conversationId: "a", limits: defaultPolicy.limits, clock: systemClock },
  });

describe("the step that warns", () => {
  it("asks about links that are not what they seem, and leaves the decision to the person (row D5)", async () => {
    const proceed = vi.fn<CautionOptions["proceed"]>(() => false);
    const draft = {
      text: "sign in at https://bank.example@evil.example/ or https://xn--pple-43d.com or https://ok.example",
    };
    expect(await run(cautionStep({ proceed }), draft)).toMatchObject({ ok: false, code: "draft/refused" });
    expect(proceed.mock.calls[0]).toMatchObject([
      [
        { reason: "credentials", value: "https://bank.example@evil.example/" },
        { reason: "look-alike", value: "https://xn--pple-43d.com" },
      ],
      draft,
    ]);
    expect(await run(cautionStep({ proceed: () => true }), draft)).toMatchObject({ ok: true, draft });
  });

  it("asks about what the app finds, later too, and about nothing where there is nothing", async () => {
    const proceed = vi.fn<CautionOptions["proceed"]>(async () => true);
    const check = async ({ text }: Draft) => (text === text.toUpperCase() ? [{ reason: "shouting" }] : []);
    const step = cautionStep({ check, proceed });
    expect(await run(step, { text: "quiet" })).toMatchObject({ ok: true });
    expect(proceed).not.toHaveBeenCalled();
    expect(await run(step, { text: "LOUD" })).toMatchObject({ ok: true });
    expect(proceed).toHaveBeenCalledWith([{ reason: "shouting" }], expect.anything());
  });
});
