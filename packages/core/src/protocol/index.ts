/** The wire: what travels between a client and a backend, with schemas and parse functions. */
export type {
  AnyRecord,
  ConversationKind,
  ConversationRecord,
  ConversationRetention,
  ConversationSettings,
  ConversationStatus,
  MessageContent,
  MessageForward,
  MessageKind,
  MessageOrigin,
  MessageRecord,
  MessageVersion,
  NotificationLevel,
  ParticipantRecord,
  ParticipantStatus,
  Reaction,
  Role,
  TextRange,
} from "./records.ts";
export {
  anyRecord,
  conversationRecord,
  emoji,
  messageContent,
  messageRecord,
  messageVersion,
  participantRecord,
} from "./record-schemas.ts";
export {
  type AddParticipant,
  type ChangeMessage,
  type ClearNote,
  type Command,
  command,
  type CommandType,
  type CreateConversation,
  type EditMessage,
  type Invitation,
  type JoinConversation,
  type LeaveConversation,
  type MarkReceipt,
  type MuteParticipant,
  type PruneConversation,
  type ReactToMessage,
  type RemoveParticipant,
  type SendMessage,
  type SetConversationStatus,
  type SetNote,
  type SetNotify,
  type SetPermissions,
  type SetRole,
  type UpdateConversation,
  type VoteInPoll,
} from "./commands.ts";
export {
  type Ack,
  ack,
  type Change,
  change,
  type ChangeKind,
  type Cursor,
  type Head,
  head,
} from "./changes.ts";
export type { CaseDecision, CaseFlag, CaseStatus, ModerationCase } from "./cases.ts";
export {
  type AppealOutcome,
  NOTEBOOKS,
  dueOf,
  isNotebook,
  notebookOf,
  noteIdOf,
  type NoteKind,
  type NoteRecord,
  type NoteSubject,
  type NoteValue,
  ownerOf,
  type PlannedMessage,
} from "./notes.ts";
export type { PushPayload } from "./push-payload.ts";
export type { NotifyRules, QuietHours } from "./notify-rules.ts";
export type {
  Attachment,
  AttachmentKind,
  FileCancelQuery,
  FileCompleteQuery,
  FileDownloadQuery,
  FileGone,
  FileLink,
  FileQuery,
  FileResults,
  FileState,
  FileStateQuery,
  FileUploadQuery,
  UploadedPart,
  UploadPart,
  UploadTicket,
} from "./files.ts";
export { type LinkPreview, type PreviewAnswer, previewBounds, type PreviewQuery } from "./previews.ts";
export { optionMark, optionOf, type Poll, type PollResult, type PollTally } from "./polls.ts";
export { type Receipt, receipt } from "./receipts.ts";
export { type PresenceStatus, type Signal, signal, type SignalEvent, signalEvent } from "./signals.ts";
export { type Highlight, type SearchFeature, type SearchFilter, type SearchHit } from "./search.ts";
export { defaultPolicy, type FileLimits, type Limits, type Policy, type Rate } from "./policy.ts";
export { policy } from "./policy-schema.ts";
export {
  type ChangesPage,
  type ChangesQuery,
  type ConversationQuery,
  type ConversationsQuery,
  type ConversationSummary,
  type HistoryPage,
  type HistoryQuery,
  isFileQuery,
  type NotesQuery,
  type Page,
  type ParticipantsQuery,
  type Query,
  query,
  type QueryOf,
  type QueryResults,
  queryResults,
  type QueryType,
  type ReactorsQuery,
  type ReceiptsQuery,
  type RecordQuery,
  type SearchQuery,
  type VersionsQuery,
} from "./queries.ts";
export type {
  MessagesQuery,
  PinsQuery,
  ThreadPage,
  ThreadQuery,
  ThreadUnread,
  VotersQuery,
} from "./relation-queries.ts";
export type { OwnReactions } from "./within.ts";
export {
  type AckFrame,
  type ChangeFrame,
  type ClientFrame,
  clientFrame,
  type ClosingFrame,
  type HelloFrame,
  type PingFrame,
  type PolicyFrame,
  type PongFrame,
  type QueryFrame,
  type ReceiptFrame,
  type RefreshedFrame,
  type RefreshFrame,
  type RejectFrame,
  type ResultFrame,
  type ServerFrame,
  serverFrame,
  type SignalEventFrame,
  type SignalFrame,
  type SubmitFrame,
  type Welcome,
  type WelcomeFrame,
} from "./frames.ts";
export {
  type Exchange,
  formatExchange,
  type LinkAnswer,
  type LinkRequest,
  parseLinkAnswer,
  parseLinkRequest,
} from "./exchange.ts";
export { closeCodeOf, closeCodes } from "./close-codes.ts";
export { frameBytes } from "./frame-bytes.ts";
export type { Parsed } from "./parse.ts";
export { type MalformedFrame, parseClientFrames } from "./parse-client.ts";
export { parseResult, parseServerFrames } from "./parse-server.ts";
export {
  CUSTOM_DEPTH,
  CUSTOM_NODES,
  LONGEST_FILE_NAME,
  LONGEST_ID,
  LONGEST_REASON,
  LONGEST_TEXT,
  MOST_ATTACHMENTS,
  MOST_FRAMES,
  MOST_HEADS,
  MOST_PARTS,
  MOST_WATCHED,
  OPTIONS_PER_POLL,
  REACTION_NAMES,
  REACTIONS_PER_MESSAGE,
  THREAD_NAMES,
} from "./bounds.ts";
export type { Schema } from "./schema.ts";
export { type CommandTrace, traceOf } from "./trace.ts";
export { PROTOCOL_VERSION } from "./version.ts";
