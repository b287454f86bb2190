/** Real clients by the thousand against a server, and what they saw. On the command line: `tidings-load`. */
export { runLoad } from "./load.ts";
export type { Disturbance, LoadMember, LoadOptions, LoadRun } from "./options.ts";
export type { Row, ServerUse } from "./measure/row.ts";
export { type Recalled, recalledIn } from "./measure/recalled.ts";
export { type Usage, usageOfMetrics, usageOfProcess } from "./measure/usage.ts";
export type { FaultCounts, Verdict } from "./bots/squad.ts";
export type { Faults } from "./bots/ledger.ts";
export { isClean, type LoadResult, type Quantiles } from "./result.ts";
export { renderReport } from "./report/report.ts";
export { formatDisturbance, formatResult, formatRow } from "./report/text.ts";
