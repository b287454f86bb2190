/** A vitest reporter that ends the run with one plain line for people and machines: `N passed, N failed, N skipped`. */
import { writeSync } from "node:fs";
import process from "node:process";
import type { Reporter, SerializedError, TestModule } from "vitest/node";

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const line = summary(modules, unhandledErrors);
    // Other reporters write after this call; at exit nobody does.
    process.once("exit", () => writeSync(1, `${line}\n`));
  }
}

/** As much of vitest's module as the summary reads. */
interface Counted {
  readonly errors: () => readonly unknown[];
  readonly children: {
    readonly allTests: () => Iterable<{ readonly result: () => { readonly state: string } }>;
    /** Groups of tests: one whose preparation fails skips them all. */
    readonly allSuites: () => Iterable<{ readonly errors: () => readonly unknown[] }>;
  };
}

/**
 * A file that does not load, a group that could not be prepared and an error outside any test are failures too: without
 * them a red run could read "0 failed".
 */
export function summary(modules: readonly Counted[], unhandledErrors: readonly unknown[]): string {
  const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
  for (const module of modules) {
    count.failed += module.errors().length;
    for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      count[state === "passed" || state === "failed" ? state : "skipped"]++;
    }
  }
  return `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`;
}
