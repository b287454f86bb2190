/** `@tidings/core/moderation`: the moderators' queue, for pages of moderators. */
export type { CaseDecision, CaseFlag, CaseStatus, ModerationCase } from "../../protocol/cases.ts";
export type { CasesPage, CasesQuery, ModerationBackend } from "./backend.ts";
export { httpModeration, type HttpModerationOptions } from "./http.ts";
export {
  createModerationQueue,
  type ModerationQueue,
  type ModerationQueueOptions,
  type ModerationQueueState,
} from "./queue.ts";
