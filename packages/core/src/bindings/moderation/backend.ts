import type { CaseDecision, ModerationCase } from "../../protocol/cases.ts";

/** Which cases are wanted. */
export interface CasesQuery {
  readonly conversationId: string;
  /** Those that wait for somebody, or those that are decided. Default `"open"`. */
  readonly status?: "open" | "closed" | undefined;
  /** Default `"newest"`. */
  readonly order?: "newest" | "urgent" | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

export interface CasesPage {
  readonly items: readonly ModerationCase[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** Where cases are kept and decided: the port for backends of your own. All reject with a `MessagingError`. */
export interface ModerationBackend {
  list(query: CasesQuery): Promise<CasesPage>;
  read(caseId: string): Promise<ModerationCase>;
  /**
   * Doing it again changes nothing.
   *
   * @param found - the case as it was seen: if it is another by now, rejects with `moderation/changed`
   */
  decide(
    found: Pick<ModerationCase, "id" | "revision">,
    decision: CaseDecision,
    reason?: string,
  ): Promise<ModerationCase>;
}
