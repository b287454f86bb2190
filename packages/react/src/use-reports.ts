import { type Appeal, openReports, type Report, type Reports } from "@tidings/core/bindings";
import { useClient } from "./messaging-provider.ts";
import { useObservable } from "./use-observable.ts";

export interface UseReports extends Pick<Reports, "reportMessage" | "reportPerson" | "appeal"> {
  /** What one has told moderators of, the newest first. */
  readonly reports: readonly Report[];
  /** Against which removals one has appealed, and what came of it, the newest first. */
  readonly appeals: readonly Appeal[];
}

/** What one has to say to moderators, and what they answered. */
export function useReports(): UseReports {
  const { reports, appeals, ...methods } = openReports(useClient());
  return { reports: useObservable(reports), appeals: useObservable(appeals), ...methods };
}
