import { filesIn, filesPlanned, recount, type RecordCounts } from "@tidings/core/domain";
import {
  type MessageRecord,
  type MessageVersion,
  type NoteRecord,
  optionMark,
  type ParticipantRecord,
  type Receipt,
} from "@tidings/core/protocol";
import { archiveError } from "./archive-error.ts";
import type { CaseLine, ConversationLine, FlagLine, Numbered, RowLine } from "./archive.ts";
import type { Mark } from "./archive-reading.ts";
import type { Remembered } from "./answers.ts";
import type { AuditEntry } from "./audit.ts";
import type { FileRecord } from "./files.ts";
import type { PushTarget } from "./push.ts";
import type { ConversationState, StoredConversation } from "./rows.ts";

/** Where a store says that lines of a digest are in it. */
export function markOf(digest: string): string {
  return `imported ${digest}`;
}

interface Keyed<Row> {
  readonly key: number;
  readonly row: Row;
}

/** Rows to be written together; conversations may have been written before, with other counts. */
export class ArchiveRows {
  readonly conversations: Map<number, ConversationState> = new Map<number, ConversationState>();
  readonly participants: Keyed<ParticipantRecord>[] = [];
  readonly receipts: Keyed<Receipt>[] = [];
  readonly messages: (Keyed<MessageRecord> & { readonly sentRev: number })[] = [];
  readonly versions: Keyed<MessageVersion>[] = [];
  readonly marks: Keyed<Mark>[] = [];
  readonly notes: Keyed<NoteRecord>[] = [];
  readonly files: FileRecord[] = [];
  readonly cases: CaseLine[] = [];
  readonly flags: FlagLine[] = [];
  readonly devices: PushTarget[] = [];
  readonly answers: { readonly commandId: string; readonly remembered: Remembered; readonly at: number }[] =
    [];
  readonly audit: AuditEntry[] = [];
}

type Maybe<Result> = Result | Promise<Result>;

/** One transaction of the store that takes an archive in. */
export interface ArchiveTarget {
  takeKeys(count: number): Maybe<readonly number[]>;
  conversations(ids: readonly string[]): Maybe<readonly StoredConversation[]>;
  /** Keys of the conversations in which messages are, by their ids. */
  homes(messageIds: readonly string[]): Maybe<ReadonlyMap<string, number>>;
  /** Which of these are files' already. */
  files(ids: readonly string[]): Maybe<ReadonlySet<string>>;
  drop(key: number): Maybe<unknown>;
  write(rows: ArchiveRows): Maybe<unknown>;
  /** Does an error say that something is there already? */
  isTaken(error: unknown): boolean;
}

interface Opened {
  readonly key: number;
  readonly line: ConversationLine;
  counts: RecordCounts;
}

/** Writes lines that keep to the order of an archive. */
export class ArchiveWriting {
  readonly #target: ArchiveTarget;
  #opened: Opened | undefined;

  constructor(target: ArchiveTarget) {
    this.#target = target;
  }

  async take(batch: readonly Numbered<RowLine>[]): Promise<void> {
    const target = this.#target;
    const idsOf = (pick: (line: RowLine) => string | false): readonly string[] =>
      batch.flatMap(({ line }) => pick(line) || []);
    const conversationIds = idsOf((line) => line.type === "conversation" && line.conversationId);
    const messageIds = idsOf((line) =>
      line.type === "message" ? line.id : "messageId" in line && line.messageId,
    );
    const fileIds = batch.flatMap(({ line }) => (line.type === "file" ? line.fileId : filesShown(line)));
    const known: Known = {
      keys: conversationIds.length > 0 ? [...(await target.takeKeys(conversationIds.length))] : [],
      conversations: new Map(
        (conversationIds.length > 0 ? await target.conversations(conversationIds) : []).map((each) => [
          each.head.conversationId,
          each,
        ]),
      ),
      homes: new Map(messageIds.length > 0 ? await target.homes(messageIds) : []),
      files: new Set(fileIds.length > 0 ? await target.files(fileIds) : []),
    };
    const rows = new ArchiveRows();
    for (const { number, line } of batch) await this.#add(line, number, known, rows);
    this.#note(rows);
    try {
      await target.write(rows);
    } catch (error) {
      if (!target.isTaken(error)) throw error;
      const span = `something of lines ${batch[0]?.number} to ${batch.at(-1)?.number} is there already, or twice`;
      throw archiveError("archive/conflict", span);
    }
  }

  async #add(line: RowLine, number: number, known: Known, rows: ArchiveRows): Promise<void> {
    // Those of an archive stand behind what shows them: what is there already is somebody's here, for others to see or not.
    if (filesShown(line).some((fileId) => known.files.has(fileId)))
      throw conflict("a file of this id is there already", number);
    switch (line.type) {
      case "conversation":
        this.#note(rows);
        return this.#open(line, number, known);
      case "participant":
        return void rows.participants.push({ key: this.#counted(line), row: line });
      case "note":
        return void rows.notes.push({ key: this.#counted(line), row: line });
      case "receipt": {
        const { type: _type, ...row } = line;
        return void rows.receipts.push({ key: this.#key, row });
      }
      case "message": {
        const { sentRev = line.rev, ...row } = line;
        if (known.homes.has(row.id)) throw conflict("a message of this id is there already", number);
        known.homes.set(row.id, this.#key);
        return void rows.messages.push({ key: this.#counted(row), row, sentRev });
      }
      case "version": {
        const { type: _type, ...row } = line;
        return void rows.versions.push({ key: this.#home(row.messageId, number, known), row });
      }
      case "reaction":
      case "vote": {
        const { messageId, userId } = line;
        const emoji = line.type === "vote" ? optionMark(line.option) : line.emoji;
        const row = { messageId, userId, emoji };
        return void rows.marks.push({ key: this.#home(messageId, number, known), row });
      }
      case "file": {
        const { type: _type, sha256: _sha256, ...row } = line;
        if (known.files.has(row.fileId)) throw conflict("a file of this id is there already", number);
        known.files.add(row.fileId);
        return void rows.files.push(row);
      }
      case "case":
        return void rows.cases.push(line);
      case "flag":
        return void rows.flags.push(line);
      case "device": {
        const { type: _type, ...row } = line;
        return void rows.devices.push(row);
      }
      case "answer": {
        const { commandId, at, userId, conversationId, answer } = line;
        return void rows.answers.push({ commandId, at, remembered: { userId, conversationId, answer } });
      }
      case "audit": {
        const { type: _type, ...row } = line;
        return void rows.audit.push(row);
      }
    }
  }

  /** A conversation in which nobody is and nothing was said, such as a new server's lobby, gives way. */
  async #open(line: ConversationLine, number: number, known: Known): Promise<void> {
    const there = known.conversations.get(line.conversationId);
    if (there) {
      if (there.head.seq > 0 || there.counts.members > 0 || there.record.status === "deleted")
        throw conflict("a conversation of this id is there already", number);
      await this.#target.drop(there.key);
    }
    const key = known.keys.shift() ?? 0;
    const counts: RecordCounts = { members: 0, owners: 0, pins: 0 };
    this.#opened = { key, line, counts };
    // A second one of the same id, in this very file.
    known.conversations.set(line.conversationId, {
      ...stateOf(this.#opened),
      head: { ...line.head, seq: 1, conversationId: line.conversationId },
    });
  }

  get #key(): number {
    return this.#opened?.key ?? 0;
  }

  #counted(record: ParticipantRecord | MessageRecord | NoteRecord): number {
    if (this.#opened) this.#opened.counts = recount(this.#opened.counts, undefined, record);
    return this.#key;
  }

  /** What was put on a message is in the conversation that is being read, or it would reach into others. */
  #home(messageId: string, number: number, known: Known): number {
    const key = known.homes.get(messageId);
    if (key === undefined || key !== this.#opened?.key)
      throw archiveError("archive/malformed", "it is about a message that does not stand before it", number);
    return key;
  }

  #note(rows: ArchiveRows): void {
    if (this.#opened) rows.conversations.set(this.#opened.key, stateOf(this.#opened));
  }
}

interface Known {
  readonly keys: number[];
  readonly conversations: Map<string, StoredConversation>;
  readonly homes: Map<string, number>;
  readonly files: Set<string>;
}

function stateOf({ key, line, counts }: Opened): StoredConversation {
  const { head, activeAt, ...record } = line;
  return { key, head: { conversationId: record.conversationId, ...head }, record, counts, activeAt };
}

/** Whoever reads this may read these. */
function filesShown(line: RowLine): readonly string[] {
  if (line.type === "note") return filesPlanned(line);
  return line.type === "message" || line.type === "version" ? filesIn(line.content) : [];
}

function conflict(reason: string, number: number): Error {
  return archiveError("archive/conflict", reason, number);
}
