import type { Observable } from "../base/observable.ts";
import { isSameList } from "../base/same-list.ts";
import { internalsOf } from "../client/internals.ts";
import type { Client, Sent } from "../client/types.ts";
import type { AppealOutcome, NoteRecord, NoteValue } from "../protocol/notes.ts";
import { notesOf } from "./notes-of.ts";

/** What one has told moderators of: a message, or a person where one met them. */
export interface Report {
  readonly conversationId: string;
  /** Absent: the person is meant. */
  readonly messageId: string | undefined;
  /** Absent: the message is meant. */
  readonly userId: string | undefined;
  readonly text: string | undefined;
  /** Server time, ms. */
  readonly at: number;
}

/** That one does not agree with moderators who removed a message of one's own. */
export interface Appeal {
  readonly conversationId: string;
  readonly messageId: string;
  readonly text: string;
  /** Absent until they have answered. */
  readonly outcome: AppealOutcome | undefined;
  readonly at: number;
}

/**
 * What a person says to moderators, on all their devices. It works offline like everything else: it shows at once and is
 * queued; what the person cannot see any more by then is refused, and taken back.
 *
 * Every method throws `command/unsupported` where there are no moderators, `draft/too-long` beyond 1,000 characters, and
 * what notes throw.
 */
export interface Reports {
  /** The newest first. */
  readonly reports: Observable<readonly Report[]>;
  /** Once more, it is the same report with other words. */
  reportMessage(conversationId: string, messageId: string, text?: string): Promise<Sent>;
  reportPerson(conversationId: string, userId: string, text?: string): Promise<Sent>;
  /** The newest first. */
  readonly appeals: Observable<readonly Appeal[]>;
  /** Once for each message. Other words later are refused with `moderation/appealed`. */
  appeal(conversationId: string, messageId: string, text: string): Promise<Sent>;
}

const opened = new WeakMap<object, Reports>();

/** What the client's user has told moderators; the same each time. */
export function openReports(client: Pick<Client, "userId">): Reports {
  const known = opened.get(client) ?? create(client);
  opened.set(client, known);
  return known;
}

function create(client: Pick<Client, "userId">): Reports {
  const { scope } = internalsOf(client).core;
  const { notes, put } = notesOf(client);
  const reports = scope.lazy(() => newest(notes.get(), reportOf), isSameList);
  const appeals = scope.lazy(() => newest(notes.get(), appealOf), isSameList);
  notes.subscribe(() => {
    reports.invalidate();
    appeals.invalidate();
  });
  return {
    reports,
    appeals,
    reportMessage: async (conversationId, messageId, text) =>
      put({ kind: "report", conversationId, messageId }, saying(text)),
    reportPerson: async (conversationId, userId, text) =>
      put({ kind: "report", conversationId, userId }, saying(text)),
    appeal: async (conversationId, messageId, text) =>
      put({ kind: "appeal", conversationId, messageId }, { text }),
  };
}

function saying(text: string | undefined): NoteValue {
  return text === undefined ? {} : { text };
}

function newest<Item extends { readonly at: number }>(
  notes: readonly NoteRecord[],
  itemOf: (note: NoteRecord) => Item | undefined,
): readonly Item[] {
  return notes.flatMap((note) => itemOf(note) ?? []).sort((one, other) => other.at - one.at);
}

/** The same for as long as its note is the same. */
function remembered<Item extends object>(
  make: (note: NoteRecord) => Item | undefined,
): (note: NoteRecord) => Item | undefined {
  const made = new WeakMap<NoteRecord, Item>();
  return (note) => {
    const item = made.get(note) ?? make(note);
    if (item) made.set(note, item);
    return item;
  };
}

const reportOf = remembered(({ subject, value, at }): Report | undefined => {
  const { kind, conversationId, messageId, userId } = subject;
  return kind === "report" && value ? { conversationId, messageId, userId, text: value.text, at } : undefined;
});

const appealOf = remembered(({ subject, value, at }): Appeal | undefined => {
  const { kind, conversationId, messageId } = subject;
  if (kind !== "appeal" || messageId === undefined || value?.text === undefined) return undefined;
  return { conversationId, messageId, text: value.text, outcome: value.outcome, at };
});
