/** The port to a database, the embedded one, and PostgreSQL. */
export { type LibsqlStoreOptions, openLibsqlStore } from "./libsql/libsql-store.ts";
export { openPostgresStore } from "./open-postgres-store.ts";
export type { PostgresStoreOptions } from "./postgres/postgres-store.ts";
export type {
  Admit,
  Answer,
  Committed,
  Membership,
  Outcome,
  Recalled,
  Refusal,
  Store,
  Submission,
} from "./store.ts";
export type {
  AnswerLine,
  Archive,
  ArchiveReading,
  ArchiveScope,
  CaseLine,
  ConversationLine,
  FileLine,
  FlagLine,
  MarkLine,
  MessageLine,
  Numbered,
  RowLine,
  VersionLine,
} from "./archive.ts";
export type { Audit, AuditAction, AuditEntry, AuditPage, AuditQuery } from "./audit.ts";
export type {
  CaseDecision,
  CaseFlag,
  Cases,
  CasesPage,
  CasesQuery,
  CaseStatus,
  ModerationCase,
} from "./cases.ts";
export type { Erasures } from "./erasures.ts";
export type { FileChange, FileQuota, FileRecord, FileTable, OpenedFile } from "./files.ts";
export type { Kept, KeptAnswer, KeptCase, KeptFile, KeptMessage, KeptPage } from "./kept.ts";
export type { KeptPreview, PreviewTable } from "./previews.ts";
export type { Audience, Listener, News, PushTarget, PushTargets } from "./push.ts";
export type { Pruned, Retention, Upkeep } from "./upkeep.ts";
