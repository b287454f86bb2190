import { describe, expect, it } from "vitest";
import { defaultPolicy } from "../protocol/policy.ts";
import { virtualClock } from "../testing/virtual-clock.ts";
import { type Composed, type ComposeOptions, composePipeline, type ComposeStep, refuse } from "./pipeline.ts";
import { defaultSteps, placeStep } from "./steps.ts";

const clock = virtualClock();
const options: ComposeOptions = { conversationId: "a", limits: defaultPolicy.limits, clock };
const append = (name: string): ComposeStep => ({
  name,
  run: (draft) => ({ ...draft, text: draft.text + name }),
});
const later = (name: string): ComposeStep => ({
  name,
  run: async (draft) => ({ ...draft, text: draft.text + name }),
});
const run = (
  steps: readonly ComposeStep[],
  more: Partial<ComposeOptions> = {},
): Composed | Promise<Composed> => composePipeline(steps).run({ text: "" }, { ...options, ...more });

describe("the pipeline", () => {
  it("runs its steps in order, at once when every step is at once", () => {
    expect(run([append("a"), append("b"), append("c")])).toEqual({ ok: true, draft: { text: "abc" } });
    expect(run([])).toEqual({ ok: true, draft: { text: "" } });
    expect(clock.timers).toBe(0);
  });

  it("waits for steps that take their time, and goes on in order", async () => {
    const composed = run([append("a"), later("b"), append("c"), later("d"), append("e")]);
    expect(composed).toBeInstanceOf(Promise);
    expect(await composed).toEqual({ ok: true, draft: { text: "abcde" } });
    expect(clock.timers).toBe(0);
  });

  it("stops at the first refusal", async () => {
    const no = refuse({ code: "draft/refused", message: "No.", suggestion: "Yes." });
    const never: ComposeStep = { name: "never", run: () => expect.fail() };
    expect(run([{ name: "no", run: () => no }, never])).toBe(no);
    expect(await run([{ name: "no", run: async () => no }, never])).toBe(no);
  });

  it("turns a step that throws into a refusal with its cause", async () => {
    const cause = new Error("broken");
    const expected = {
      ok: false,
      code: "draft/refused",
      cause,
      issues: [{ suggestion: expect.any(String) }],
    };
    const thrown = (): never => {
      throw cause;
    };
    expect(run([{ name: "x", run: thrown }])).toMatchObject(expected);
    expect(await run([{ name: "x", run: () => Promise.reject(cause) }])).toMatchObject(expected);
    expect(await run([later("a"), { name: "x", run: thrown }])).toMatchObject(expected);
    expect(run([{ name: "x", run: () => JSON.parse("null") }])).toMatchObject({ code: "draft/refused" });
  });

  it("[D9] does not wait for ever, and tells the step that nobody waits any more", async () => {
    const seen: AbortSignal[] = [];
    const hang: ComposeStep = {
      name: "hang",
      run: (_, { signal }) => {
        seen.push(signal);
        return new Promise(() => {});
      },
    };
    const composed = run([hang], { timeoutMs: 500 });
    await clock.advance(500);
    expect(await composed).toMatchObject({ ok: false, code: "draft/refused" });
    const other = run([hang]);
    await clock.advance(10_000);
    expect(await other).toMatchObject({ ok: false, code: "draft/refused" });
    expect([seen.map(({ aborted }) => aborted), clock.timers]).toEqual([[true, true], 0]);
  });

  it("does not go on with later steps once it is over", async () => {
    let resolve = (): void => {};
    let ran = false;
    const slow: ComposeStep = {
      name: "slow",
      run: (draft) => new Promise((done) => (resolve = () => done(draft))),
    };
    const composed = run([slow, { name: "after", run: (draft) => ((ran = true), draft) }], { timeoutMs: 10 });
    await clock.advance(10);
    resolve();
    expect([(await composed).ok, ran]).toEqual([false, false]);
  });

  it("can be called off", async () => {
    const abort = new AbortController();
    const composed = run([{ name: "hang", run: () => new Promise(() => {}) }], { signal: abort.signal });
    abort.abort("changed my mind");
    expect(await composed).toMatchObject({ ok: false, cause: "changed my mind" });
    const again = run([later("a")], { signal: abort.signal });
    expect(await again).toMatchObject({ ok: false, cause: "changed my mind" });
    expect(clock.timers).toBe(0);
  });

  it("gives each step the conversation and the limits", () => {
    const seen: unknown[] = [];
    const look: ComposeStep = {
      name: "look",
      run: (draft, { conversationId, limits, signal }) => {
        seen.push(conversationId, limits.textLength, signal.aborted);
        return draft;
      },
    };
    expect(run([look])).toMatchObject({ ok: true });
    expect(seen).toEqual(["a", 10_000, false]);
  });
});

describe("placing steps", () => {
  const names = (steps: readonly ComposeStep[]): readonly string[] => steps.map(({ name }) => name);

  it("puts one before, after or instead of another, and leaves the given list as it was", () => {
    const steps = defaultSteps();
    expect(names(placeStep(steps, "before", "validate", append("x")))).toEqual([
      "normalise",
      "x",
      "validate",
    ]);
    expect(names(placeStep(steps, "after", "validate", append("x")))).toEqual(["normalise", "validate", "x"]);
    expect(names(placeStep(steps, "instead of", "normalise", append("x")))).toEqual(["x", "validate"]);
    expect(names(steps)).toEqual(["normalise", "validate"]);
  });

  it("refuses a place that does not exist", () => {
    expect(() => placeStep(defaultSteps(), "after", "linkify", append("x"))).toThrow(
      expect.objectContaining({ code: "client/misused" }),
    );
  });
});

describe("the default steps", () => {
  it("validate what they have normalised", () => {
    const pipeline = composePipeline(defaultSteps());
    expect(pipeline.run({ text: " \u200b\n" }, options)).toMatchObject({ ok: false, code: "draft/empty" });
    expect(pipeline.run({ text: `${"x".repeat(10_000)}   ` }, options)).toMatchObject({ ok: true });
  });
});
