import type { ModerationCase } from "@tidings/core/protocol";
import { type Apart, reported } from "./apart.ts";

/** What people reported is before moderators, once for each who did, and nothing else is said to be reported. */
export function* reportFaults(
  { reports }: Pick<Apart, "reports">,
  cases: readonly ModerationCase[],
): Generator<string> {
  const known = new Map(cases.map((each) => [reported(each), each.reports]));
  for (const [what, reporters] of reports)
    if (known.get(what) !== reporters.size)
      yield `${[...reporters].join()} reported ${what}, and moderators know of ${known.get(what) ?? 0}`;
  for (const [what, count] of known)
    if (count > 0 && !reports.has(what)) yield `moderators are told that ${what} was reported`;
}
