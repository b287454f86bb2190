/** The rules: what a command does to the records of one conversation, or why it may not. Pure. */
export { apply, uploadObstacle } from "./apply.ts";
export { attachmentsOf, fileFault, fileNameOf, filesIn, isAllowedType } from "./attachments.ts";
export { type Approach, broughtIn, reachesOther } from "./contact.ts";
export { recount } from "./counts.ts";
export { claimed, filesPlanned, sendingOf, unsentCode } from "./plan.ts";
export { type Action, leastRole, may, mayGrant, outranks } from "./permissions.ts";
export { hasPreviews, previewableLinks } from "./links.ts";
export {
  hitOf,
  type Searchable,
  searchableOf,
  type SearchPlan,
  searchPlan,
  type SearchTerm,
} from "./search.ts";
export {
  isQuietAt,
  type Notice,
  noticeOf,
  type NoticeScene,
  reminderNoticeOf,
  type ReminderScene,
} from "./notice.ts";
export { isOpen, pollOf, tallied, unnamedMarks } from "./poll.ts";
export { type Suspicion, suspicionOf, type SuspicionOptions } from "./suspicion.ts";
export { isForModerators } from "./report.ts";
export { peopleMeant, withSoundRanges } from "./ranges.ts";
export { isIn, isMutedAt } from "./standing.ts";
export { take } from "./take.ts";
export type {
  Accepted,
  Applied,
  ApplyContext,
  KnownFile,
  ReactionFact,
  RecordCounts,
  Records,
  Rejection,
} from "./types.ts";
