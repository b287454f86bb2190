import { type BindingBench, type BindingDriver, openBindingBench } from "./binding-bench.ts";
import { bindingLaws } from "./binding-laws.ts";
import { runKit, type TestRunner } from "./kit.ts";

export interface BindingConformanceOptions extends TestRunner {
  readonly driver: BindingDriver;
  /** Heads the report. */
  readonly name?: string;
  /** Takes the report: a table in Markdown, to be pasted into a README. Printed if absent. */
  readonly report?: (table: string) => void;
}

/**
 * What a binding to a view library owes its users, as tests: shows what is said the moment it is, renders no more than
 * that needs, and leaves nothing behind. Backend and time are the kit's own; the view is yours.
 *
 * @example
 * bindingConformance({ describe, it, name: "my binding", driver });
 */
export function bindingConformance(options: BindingConformanceOptions): void {
  const { describe, it, driver, name = "binding", report } = options;
  runKit<BindingBench>({
    ...{ describe, it, report },
    title: `what a binding owes, kept by ${name}`,
    groups: bindingLaws,
    open: () => openBindingBench(driver),
    close: (bench) => bench.close(),
  });
}
