import { describe, expect, it } from "vitest";
import { summary } from "../vitest-summary.ts";

/** As much of vitest's module as the summary reads. */
function moduleWith(
  states: readonly string[],
  errors: readonly string[] = [],
  unprepared: readonly string[] = [],
): Parameters<typeof summary>[0][number] {
  const tests = states.map((state) => ({ result: () => ({ state }) }));
  const suites = [{ errors: () => [] }, { errors: () => unprepared }];
  return { errors: () => errors, children: { allTests: () => tests, allSuites: () => suites } };
}

describe("the summary line", () => {
  it("counts what passed, failed and did not run", () => {
    const modules = [moduleWith(["passed", "failed", "skipped"]), moduleWith(["passed", "pending"])];
    expect(summary(modules, [])).toBe("2 passed, 1 failed, 2 skipped");
  });

  it("counts a file that did not load and an error outside of any test as failures", () => {
    expect(summary([moduleWith([], ["unable to load"])], ["outside"])).toBe("0 passed, 2 failed, 0 skipped");
  });

  it("counts a group that could not be prepared as a failure, beside its skipped tests", () => {
    expect(summary([moduleWith(["skipped", "skipped"], [], ["no server"])], [])).toBe(
      "0 passed, 1 failed, 2 skipped",
    );
  });
});
