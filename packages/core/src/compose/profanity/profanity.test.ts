import { describe, expect, it } from "vitest";
import { defaultPolicy } from "../../protocol/policy.ts";
import { virtualClock } from "../../testing/virtual-clock.ts";
import { type Composed, composePipeline, type Draft } from "../pipeline.ts";
import { profanityStep, type ProfanityStepOptions } from "./profanity-step.ts";

const common = { conversationId: "a", limits: defaultPolicy.limits, clock: virtualClock(0) };
const run = async (draft: Draft, options?: ProfanityStepOptions, isOver = false): Promise<Composed> =>
  composePipeline([profanityStep(options)]).run(draft, {
    ...{ ...common, ...(isOver && { signal: AbortSignal.abort() }) },
  });
const textOf = async (text: string, options?: ProfanityStepOptions): Promise<string> => {
  const composed = await run({ text }, options);
  return composed.ok ? composed.draft.text : composed.code;
};

describe("the step against profanity", () => {
  it("puts stars in place of obscene words, however they are written, and moves nothing (row D3)", async () => {
    const text = "see https://x.example/fuck now, ｓｈｉｔ fu\u200bck @ada";
    const at = text.indexOf("@ada");
    const mention = { type: "mention", start: at, end: at + 4, value: "ada" } as const;
    const link = { type: "link", start: 4, end: 26, value: "https://x.example/fuck" } as const;
    const poll = { options: ["tea", "f.u.c.k"], many: true };
    expect(await run({ text, ranges: [link, mention], poll })).toEqual({
      ok: true,
      draft: {
        text: "see https://x.example/**** now, **** ***** @ada",
        ranges: [mention],
        poll: { options: ["tea", "*******"], many: true },
      },
    });
  });

  it("refuses them where that is wanted, and says which (row D3)", async () => {
    expect(await run({ text: "you sh1t" }, { action: "refuse" })).toMatchObject({
      ok: false,
      code: "draft/refused",
      issues: [{ suggestion: "Leave out: sh1t." }],
    });
    expect(await textOf("Scunthorpe, Penistone", { action: "refuse" })).toBe("Scunthorpe, Penistone");
  });

  it("asks the person where that is wanted, before it is sent and not while they type (row D3)", async () => {
    const asked: (readonly string[])[] = [];
    const action = "flag";
    const options = (isWanted: boolean | Promise<boolean>): ProfanityStepOptions => ({
      ...{ action, proceed: (words) => (asked.push(words), isWanted) },
    });
    for (const no of [false, Promise.resolve(false)])
      expect(await textOf("what the fuck", options(no))).toBe("draft/refused");
    expect(await textOf("what the fuck", options(Promise.resolve(true)))).toBe("what the fuck");
    expect(await run({ text: "what the fuck" }, options(false), true)).toMatchObject({ ok: true });
    expect(asked).toEqual([["fuck"], ["fuck"], ["fuck"]]);
    expect(await textOf("what the fuck", { action })).toBe("what the fuck");
  });

  it("goes by words of the app's own beside those of the list", async () => {
    expect(await textOf("you plonker", { words: ["|plonker|"] })).toBe("you *******");
    expect(await textOf("Fucking, Austria", { allow: ["fucking, austria"] })).toBe("Fucking, Austria");
  });
});
