import { describe, expect, it } from "vitest";
import { summary } from "../vitest-summary.ts";

/** As much of vitest's module as the summary reads. */
function moduleWith(states: readonly string[], errors = 0): Parameters<typeof summary>[0][number] {
  const tests = states.map((state) => ({ result: () => ({ state }) }));
  return { errors: () => Array(errors).fill("unable to load"), children: { allTests: () => tests } };
}

describe("the summary line", () => {
  it("counts what passed, failed and did not run", () => {
    const modules = [moduleWith(["passed", "failed", "skipped"]), moduleWith(["passed", "pending"])];
    expect(summary(modules, [])).toBe("2 passed, 1 failed, 2 skipped");
  });

  it("counts a file that did not load and an error outside of any test as failures", () => {
    expect(summary([moduleWith([], 1)], ["outside"])).toBe("0 passed, 2 failed, 0 skipped");
  });
});
