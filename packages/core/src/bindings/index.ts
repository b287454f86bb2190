/** `@tidings/core/bindings`: what bindings to a view library stand on, so that they need no logic of their own. */
export { asHeld as asHydrated } from "../base/observable.ts";
export { type Blocks, openBlocks } from "./blocks.ts";
export { bringMessage } from "./bring-message.ts";
export { createComposer } from "./composer.ts";
export type {
  Composer,
  ComposerOptions,
  ComposerParts,
  ComposerState,
  ComposerSubject,
  KeyPress,
} from "./composer-types.ts";
export { holdConnection } from "./lease.ts";
export { bringDate } from "./jump.ts";
export { type People, type PeopleView, reactorsOf, votersOf } from "./people.ts";
export { pinnedIn, type PinnedView } from "./pinned.ts";
export { type FoundMessage, type MessageBook, openMessages } from "./message-book.ts";
export type { Suggestion } from "./mentions.ts";
export { type Notebook, openNotebook } from "./notebook.ts";
export type { Bookmark, NotedConversation } from "./notes-view.ts";
export {
  createNotifications,
  type NotificationPermissionState,
  type Notifications,
  type NotificationsOptions,
} from "./notifications.ts";
export type { NotificationText } from "./notification-text.ts";
export { openPoll, type PollHandle, type PollView } from "./poll.ts";
export { openPlans, type Plans, type Reminder, type ScheduledMessage } from "./plans.ts";
export { type Appeal, openReports, type Report, type Reports } from "./reports.ts";
export { openThread, type Thread, type ThreadView } from "./thread.ts";
export { openThreads, threadIn, type ThreadsOptions, type ThreadSummary, threadsIn } from "./threads.ts";
export { type ClientSnapshot, dehydrate, hydrate } from "./snapshot.ts";
export { untilListed, untilShown } from "./until-shown.ts";
export { createUnreadDivider } from "./unread-divider.ts";
export { openUnreadMentions, type UnreadMention, type UnreadMentions } from "./unread-mentions.ts";
