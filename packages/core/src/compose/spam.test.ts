import { describe, expect, it } from "vitest";
import { defaultPolicy } from "../protocol/policy.ts";
import { virtualClock } from "../testing/virtual-clock.ts";
import { linkify } from "./links.ts";
import { composePipeline } from "./pipeline.ts";
import { spamStep } from "./spam.ts";

const open = () => {
  const clock = virtualClock(1_000_000);
  const steps = composePipeline([linkify(), spamStep({ mostRepetitions: 2, mostLinks: 2, clock })]);
  const common = { conversationId: "a", limits: defaultPolicy.limits, clock };
  const codeOf = async (text: string, isOver = false): Promise<string> => {
    const composed = await steps.run({ text }, isOver ? { ...common, signal: AbortSignal.abort() } : common);
    return composed.ok ? "ok" : composed.code;
  };
  return { clock, codeOf };
};

describe("the step against spam", () => {
  it("refuses the same again and again, until a while has passed, and not what everybody says often (row D4)", async () => {
    const { clock, codeOf } = open();
    expect(await codeOf("Buy my cheap watches")).toBe("ok");
    expect(await codeOf("buy my cheap  watches!")).toBe("ok");
    expect(await codeOf("buy my cheap watches.")).toBe("draft/refused");
    for (let again = 0; again < 5; again += 1) expect(await codeOf("ok")).toBe("ok");
    await clock.advance(60_001);
    expect(await codeOf("buy my cheap watches")).toBe("ok");
  });

  it("counts what is sent, not what is looked at while somebody types", async () => {
    const { codeOf } = open();
    for (let again = 0; again < 5; again += 1)
      expect(await codeOf("good morning everybody", true)).toBe("ok");
    expect(await codeOf("good morning everybody")).toBe("ok");
    expect(await codeOf("good morning everybody")).toBe("ok");
    expect(await codeOf("good morning everybody", true)).toBe("draft/refused");
  });

  it("refuses many links at once, marked or not (row D4)", async () => {
    const { codeOf } = open();
    expect(await codeOf("https://a.example https://b.example")).toBe("ok");
    expect(await codeOf("https://a.example b.example.com https://c.example")).toBe("draft/refused");
    expect(await codeOf("https://a.example https://b@c.example https://d.example")).toBe("draft/refused");
  });
});
