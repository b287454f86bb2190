import type {
  ConversationRecord,
  MessageRecord,
  MessageVersion,
  NoteRecord,
  ParticipantRecord,
  Receipt,
} from "@tidings/core/protocol";
import type { StoredAnswer } from "./stored-answer.ts";
import type { AuditEntry } from "./audit.ts";
import type { CaseStatus } from "./cases.ts";
import type { FileRecord } from "./files.ts";
import type { PushTarget } from "./push.ts";

/** What an archive holds: all of a server, or one conversation. */
export type ArchiveScope =
  { readonly of: "server" } | { readonly of: "conversation"; readonly conversationId: string };

/** A row of a store, as a line of an archive says it (`docs/spec/export.md`). */
export type RowLine =
  | ConversationLine
  | ParticipantRecord
  | ({ readonly type: "receipt" } & Receipt)
  | MessageLine
  | VersionLine
  | MarkLine
  | NoteRecord
  | FileLine
  | CaseLine
  | FlagLine
  | ({ readonly type: "device" } & PushTarget)
  | AnswerLine
  | ({ readonly type: "audit" } & AuditEntry);

/** A conversation, as its records stand. Whatever is in it follows. */
export interface ConversationLine extends ConversationRecord {
  /** Its numbering so far. */
  readonly head: { readonly rev: number; readonly seq: number };
  readonly activeAt: number;
}

export interface MessageLine extends MessageRecord {
  /** The revision it was sent with; absent where nothing has changed it since. */
  readonly sentRev?: number;
}

export type VersionLine = { readonly type: "version" } & MessageVersion;

export type MarkLine =
  | { readonly type: "reaction"; readonly messageId: string; readonly userId: string; readonly emoji: string }
  | { readonly type: "vote"; readonly messageId: string; readonly userId: string; readonly option: number };

/** A file; its bytes are elsewhere. */
export interface FileLine extends Omit<FileRecord, "uploadId" | "scannedAt"> {
  readonly type: "file";
  /** Of its bytes, in hexadecimal; absent where they are not with the archive. */
  readonly sha256?: string;
}

/** A message, or without one a person, that moderators were to look at. */
export interface CaseLine {
  readonly type: "case";
  readonly caseId: string;
  readonly conversationId: string;
  readonly messageId?: string;
  readonly userId: string;
  readonly status: CaseStatus;
  readonly openedAt: number;
  readonly urgency: number;
  readonly reports: number;
  readonly decision?: string;
  readonly decidedAt?: number;
  readonly decidedBy?: string;
  readonly appeal?: string;
  /** Default 1. */
  readonly revision?: number;
  readonly decidedRevision?: number;
}

/** Why a case is one; without a reporter it was a rule that found it. */
export interface FlagLine {
  readonly type: "flag";
  readonly caseId: string;
  readonly reporterId: string;
  readonly rule: string;
  readonly text: string;
  readonly score?: number;
  readonly at: number;
  /** Of the message, as it was then. Default 0. */
  readonly version?: number;
}

/** That a command was answered, so that it is not taken again (D2). */
export interface AnswerLine {
  readonly type: "answer";
  readonly commandId: string;
  readonly userId: string;
  readonly conversationId: string;
  readonly at: number;
  readonly answer: StoredAnswer;
}

/** A line, and which of its file it is, from 1. */
export interface Numbered<Line> {
  readonly number: number;
  readonly line: Line;
}

/** All of a store, out of it and into another. */
export interface Archive {
  /** Everything as of one moment. @returns undefined if there is no such conversation. */
  read(scope: ArchiveScope): Promise<ArchiveReading | undefined>;
  /**
   * Takes lines in, all or none, and begins a new epoch, which a server that runs on this store would not notice.
   *
   * @param digest - names these lines: those of one digest are taken once.
   * @param batches - each is written before the next one is asked for, the last before they end.
   * @param entry - what the log says of it: there if the lines are.
   * @returns false if they were taken before.
   * @throws {MessagingError} `client/misused` while a server runs, `archive/conflict` if something of theirs is there already; if anything else is thrown,
   *   they may have been taken nevertheless, which `has` knows.
   */
  write(
    digest: string,
    batches: AsyncIterable<readonly Numbered<RowLine>[]>,
    entry: AuditEntry,
  ): Promise<boolean>;
  /** Were lines of this digest taken? Waits for a commit whose answer was lost. */
  has(digest: string): Promise<boolean>;
}

export interface ArchiveReading {
  readonly epoch: string;
  /** How many messages will come, as most of what there is. */
  readonly messages: number;
  /** To be read once; until its end the moment is held. */
  readonly pages: AsyncGenerator<readonly RowLine[]>;
  /** Lets the moment go, however far the pages were read. Calling it again does nothing. */
  release(): Promise<void>;
}

/** @param end - lets the moment go; `pages` do at their end, but only once they were begun. */
export function releasable(
  pages: ArchiveReading["pages"],
  end: () => void | Promise<void>,
): Pick<ArchiveReading, "pages" | "release"> {
  let isHeld = true;
  const begun = async function* (): ArchiveReading["pages"] {
    isHeld = false;
    yield* pages;
  };
  const all = begun();
  return {
    pages: all,
    async release() {
      await all.return(undefined);
      if (!isHeld) return;
      isHeld = false;
      await end();
    },
  };
}
