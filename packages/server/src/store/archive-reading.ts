import {
  type MessageRecord,
  type MessageVersion,
  type NoteRecord,
  optionOf,
  type ParticipantRecord,
  type Receipt,
} from "@tidings/core/protocol";
import type { AnswerLine, ArchiveScope, CaseLine, FlagLine, MarkLine, RowLine } from "./archive.ts";
import type { AuditEntry } from "./audit.ts";
import type { CaseStatus } from "./cases.ts";
import type { FileRecord } from "./files.ts";
import type { PushTarget } from "./push.ts";
import type { StoredConversation } from "./rows.ts";

/** Rows read in one statement. */
export const ARCHIVE_PAGE = 500;

/** Where a row stands in its table: what a page that begins behind it goes by. */
export type Place = readonly (string | number)[];

export interface Placed<Item> {
  readonly place: Place;
  readonly item: Item;
}

type Page<Item> = readonly Placed<Item>[] | Promise<readonly Placed<Item>[]>;

export interface SentMessage {
  readonly record: MessageRecord;
  readonly sentRev: number;
}

/** A row of the table of cases, whatever it lacks as null. */
export interface ArchivedCase {
  readonly caseId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly userId: string;
  readonly status: CaseStatus;
  readonly openedAt: number;
  readonly urgency: number;
  readonly reports: number;
  readonly decision: string | null;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
  readonly appeal: string | null;
  readonly revision: number;
  readonly decidedRevision: number | null;
}

export interface ArchivedFlag extends Omit<FlagLine, "type" | "score"> {
  readonly score: number | null;
}

/** What a person put on a message. */
export interface Mark {
  readonly messageId: string;
  readonly emoji: string;
  readonly userId: string;
}

/** The tables of one store, as of one moment: each a page at a time, behind a place or from the first. */
export interface ArchiveTables {
  conversations(only: string | undefined, after?: Place): Page<StoredConversation>;
  participants(key: number, after?: Place): Page<ParticipantRecord>;
  receipts(conversation: StoredConversation, after?: Place): Page<Receipt>;
  messages(key: number, after?: Place): Page<SentMessage>;
  versions(messageIds: readonly string[], after?: Place): Page<MessageVersion>;
  marks(messageIds: readonly string[], after?: Place): Page<Mark>;
  notes(key: number, after?: Place): Page<NoteRecord>;
  /** Of all, or those that messages of one conversation show; only those that were uploaded. */
  files(only: number | undefined, after?: Place): Page<FileRecord>;
  cases(only: string | undefined, after?: Place): Page<ArchivedCase>;
  flags(only: string | undefined, after?: Place): Page<ArchivedFlag>;
  devices(after?: Place): Page<PushTarget>;
  answers(only: string | undefined, after?: Place): Page<Omit<AnswerLine, "type">>;
  audit(only: string | undefined, after?: Place): Page<AuditEntry>;
}

/** Everything of `scope`, a bounded number of lines at a time. */
export async function* archivePages(
  tables: ArchiveTables,
  scope: ArchiveScope,
): AsyncGenerator<readonly RowLine[]> {
  const only = scope.of === "conversation" ? scope.conversationId : undefined;
  let key: number | undefined;
  for await (const page of walk((after) => tables.conversations(only, after)))
    for (const conversation of page) {
      if (only !== undefined) ({ key } = conversation);
      yield* conversationPages(tables, conversation);
    }
  if (only !== undefined && key === undefined) return;
  for await (const page of walk((after) => tables.files(key, after))) yield page.map(fileLine);
  for await (const page of walk((after) => tables.cases(only, after))) yield page.map(caseLine);
  for await (const page of walk((after) => tables.flags(only, after))) yield page.map(flagLine);
  if (only === undefined)
    for await (const page of walk((after) => tables.devices(after)))
      yield page.map((item) => ({ type: "device", ...item }));
  for await (const page of walk((after) => tables.answers(only, after)))
    yield page.map((item) => ({ type: "answer", ...item }));
  for await (const page of walk((after) => tables.audit(only, after)))
    yield page.map((item) => ({ type: "audit", ...item }));
}

async function* conversationPages(
  tables: ArchiveTables,
  conversation: StoredConversation,
): AsyncGenerator<readonly RowLine[]> {
  const { key, record, head, activeAt } = conversation;
  yield [{ ...record, head: { rev: head.rev, seq: head.seq }, activeAt }];
  yield* walk((after) => tables.participants(key, after));
  for await (const page of walk((after) => tables.receipts(conversation, after)))
    yield page.map((item) => ({ type: "receipt", ...item }));
  for await (const page of walk((after) => tables.messages(key, after))) {
    yield page.map(messageLine);
    const touched = page.filter(isTouched).map(({ record }) => record.id);
    if (touched.length === 0) continue;
    for await (const versions of walk((after) => tables.versions(touched, after)))
      yield versions.map((item) => ({ type: "version", ...item }));
    for await (const marks of walk((after) => tables.marks(touched, after))) yield marks.map(markLine);
  }
  yield* walk((after) => tables.notes(key, after));
}

async function* walk<Item>(read: (after: Place | undefined) => Page<Item>): AsyncGenerator<readonly Item[]> {
  for (let after: Place | undefined; ;) {
    const rows = await read(after);
    if (rows.length > 0) yield rows.map(({ item }) => item);
    after = rows.at(-1)?.place;
    if (rows.length < ARCHIVE_PAGE) return;
  }
}

/** May there be something that was put on it? Of one that was imported the numbers alone may say so. */
function isTouched({ record: { rev, version, reactions, tally }, sentRev }: SentMessage): boolean {
  return rev > sentRev || version > 0 || reactions.length > 0 || (tally?.voters ?? 0) > 0;
}

function messageLine({ record, sentRev }: SentMessage): RowLine {
  return record.rev === sentRev ? record : { ...record, sentRev };
}

function markLine({ emoji, ...of }: Mark): MarkLine {
  const option = optionOf(emoji);
  return option === undefined ? { type: "reaction", ...of, emoji } : { type: "vote", ...of, option };
}

function fileLine({ uploadId: _uploadId, scannedAt: _scannedAt, ...file }: FileRecord): RowLine {
  return { type: "file", ...file };
}

function caseLine({ messageId, decision, appeal, ...rest }: ArchivedCase): CaseLine {
  const { decidedAt, decidedBy, decidedRevision, ...row } = rest;
  return {
    ...{ type: "case", ...row },
    ...(messageId !== "" && { messageId }),
    ...(decision !== null && { decision }),
    ...(decidedAt !== null && { decidedAt }),
    ...(decidedBy !== null && { decidedBy }),
    ...(decidedRevision !== null && { decidedRevision }),
    ...(appeal !== null && { appeal }),
  };
}

function flagLine({ score, ...row }: ArchivedFlag): FlagLine {
  return { type: "flag", ...row, ...(score !== null && { score }) };
}
