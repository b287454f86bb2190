import type {
  AnyRecord,
  Change,
  Command,
  MessageRecord,
  NoteRecord,
  Receipt,
  SendMessage,
} from "@tidings/core/protocol";
import type { Outcome, Submission } from "@tidings/server/store";
import { type Ballots, createBallots } from "./ballots.ts";
import { canonical } from "./canonical.ts";
import { COMMON } from "./people.ts";

/** Everything that took effect in one conversation, in order. */
export interface Account {
  readonly changes: readonly Change[];
  /** Ids by place: the first message at index 0. */
  readonly order: readonly string[];
  readonly receipts: ReadonlyMap<string, Receipt>;
  /** The newest of each. */
  readonly records: ReadonlyMap<string, AnyRecord>;
  /** A message as it was when the conversation was at `rev`. */
  messageAt(id: string, rev: number): MessageRecord | undefined;
  /** When `userId` came in and went out. */
  readonly presences: ReadonlyMap<string, readonly Presence[]>;
}

interface Presence {
  readonly rev: number;
  readonly atMs: number;
  readonly isIn: boolean;
}

/** What the server has made durable, as its store told when it had: the truth everything else is held against. */
export interface Ledger {
  account(conversationId: string): Account;
  readonly ballots: Pick<Ballots, "of" | "last">;
  /** Was this command made durable, in this history? */
  has(commandId: string): boolean;
  /** Was this very state of a record ever durable, before a backup was restored or since? */
  knows(record: AnyRecord): boolean;
  /** Ids of messages that a restored backup did not have. */
  readonly lost: ReadonlySet<string>;
  committed(items: readonly Submission[], outcomes: readonly Outcome[]): void;
  erase(): void;
}

interface Book extends Account {
  readonly changes: Change[];
  readonly order: string[];
  readonly receipts: Map<string, Receipt>;
  readonly records: Map<string, AnyRecord>;
  readonly presences: Map<string, Presence[]>;
  readonly versions: Map<string, MessageRecord[]>;
}

export interface LedgerOptions {
  readonly now: () => number;
  /** Told of what must not be in any history. */
  readonly violate: (law: string, what: string) => void;
  /** Told of each command when it takes effect. */
  readonly onEffect: (commandId: string, conversationId: string) => void;
  /** Told of what each command did, after that. */
  readonly onTaken: (actorId: string, command: Command, changes: readonly Change[]) => void;
  /** Told of each message when it takes effect. */
  readonly onMessage: (message: MessageRecord) => void;
  /** … and of each note. */
  readonly onNote: (note: NoteRecord) => void;
}

export function createLedger(options: LedgerOptions): Ledger {
  const { now, violate, onEffect, onTaken, onMessage, onNote } = options;
  const books = new Map<string, Book>();
  const commands = new Set<string>();
  const texts = new Map<string, string>();
  const lost = new Set<string>();
  const ballots = createBallots(violate);
  /** After a backup was restored the same revision may be another change. */
  const known = new Set<string>();

  const bookOf = (conversationId: string): Book => {
    let book = books.get(conversationId);
    if (!book) books.set(conversationId, (book = createBook()));
    return book;
  };

  const noteMessage = (book: Book, change: Change, message: MessageRecord): void => {
    const versions = book.versions.get(message.id) ?? [];
    book.versions.set(message.id, [...versions, message]);
    if (change.kind !== "message.send") return;
    onMessage(message);
    if (versions.length > 0) violate("D2", `message ${message.id} was sent twice`);
    book.order.push(message.id);
    if (message.seq !== book.order.length)
      violate("D3", `message ${message.id} has place ${message.seq} and not ${book.order.length}`);
    const text = "text" in message.content ? message.content.text : "";
    if (text !== COMMON && !message.origin && texts.has(text))
      violate("D2", `"${text}" took effect as ${texts.get(text)} and as ${message.id}`);
    texts.set(text, message.id);
  };

  const note = (change: Change): void => {
    const { conversationId, record, rev } = change;
    const book = bookOf(conversationId);
    book.changes.push(change);
    if (rev !== book.changes.length || record.rev !== rev)
      violate("D3", `change ${rev} of ${conversationId} should be ${book.changes.length}`);
    book.records.set(keyOf(record), record);
    known.add(canonical(record));
    if (record.type === "message") noteMessage(book, change, record);
    if (record.type === "note") onNote(record);
    if (record.type !== "participant") return;
    const isIn = record.status === "active" || record.status === "muted";
    const presences = book.presences.get(record.userId) ?? [];
    book.presences.set(record.userId, [...presences, { rev, atMs: now(), isIn }]);
  };

  const recordOf = (conversationId: string, messageId: string): MessageRecord | undefined => {
    const record = bookOf(conversationId).records.get(messageId);
    return record?.type === "message" ? record : undefined;
  };

  /** What was forwarded was there, for who forwarded it, and says what it said. */
  function* forwardFaults(
    { forward }: SendMessage,
    actorId: string,
    [change]: readonly Change[],
  ): Generator<string> {
    if (!forward || change?.record.type !== "message") return;
    const { content, origin, id } = change.record;
    const original = recordOf(forward.conversationId, forward.messageId);
    const isIn = bookOf(forward.conversationId).presences.get(actorId)?.at(-1)?.isIn === true;
    if (!original || original.deletedAt !== undefined || !isIn)
      return yield `${actorId} forwarded ${forward.messageId}, which was not theirs to read`;
    if (canonical(content) !== canonical(original.content)) yield `${id} says what its original does not`;
    const { conversationId, id: messageId, authorId } = original;
    if (canonical(origin) !== canonical(original.origin ?? { conversationId, messageId, authorId }))
      yield `${id} says that it is of ${JSON.stringify(origin)}`;
  }

  return {
    account: bookOf,
    ballots,
    has: (commandId) => commands.has(commandId),
    knows: (record) => known.has(canonical(record)),
    lost,
    committed(items, outcomes) {
      for (const [index, { command, context }] of items.entries()) {
        const outcome = outcomes[index];
        if (!outcome?.ok || outcome.isKnown) continue;
        const { changes, receipt } = outcome.ack;
        const { commandId, conversationId } = command;
        if (commands.has(commandId) && command.type !== "receipt.mark")
          violate("D2", `command ${commandId} (${command.type}) took effect twice`);
        commands.add(commandId);
        onEffect(commandId, conversationId);
        const before = "messageId" in command ? recordOf(conversationId, command.messageId) : undefined;
        if (command.type === "message.send")
          for (const fault of forwardFaults(command, context.actorId, changes)) violate("D8", fault);
        changes.forEach(note);
        onTaken(context.actorId, command, changes);
        for (const change of changes) ballots.took(context.actorId, context.at, command, change, before);
        if (receipt) noteReceipt(bookOf(conversationId), receipt, violate);
      }
    },
    erase() {
      for (const { order } of books.values()) for (const id of order) lost.add(id);
      for (const id of commands) lost.add(id);
      books.clear();
      commands.clear();
      texts.clear();
      ballots.erase();
    },
  };
}

/** D5: watermarks only rise. */
function noteReceipt(book: Book, receipt: Receipt, violate: LedgerOptions["violate"]): void {
  const before = book.receipts.get(receipt.userId);
  if (before && (before.readSeq > receipt.readSeq || before.deliveredSeq > receipt.deliveredSeq))
    violate(
      "D5",
      `the watermarks of ${receipt.userId} went back from ${before.readSeq} to ${receipt.readSeq}`,
    );
  if (receipt.deliveredSeq > book.order.length)
    violate("D5", `${receipt.userId} has read ${receipt.deliveredSeq} of ${book.order.length}`);
  book.receipts.set(receipt.userId, receipt);
}

function createBook(): Book {
  const versions = new Map<string, MessageRecord[]>();
  return {
    changes: [],
    order: [],
    receipts: new Map(),
    records: new Map(),
    presences: new Map(),
    versions,
    messageAt: (id, rev) => versions.get(id)?.findLast((message) => message.rev <= rev),
  };
}

function keyOf(record: AnyRecord): string {
  if (record.type === "message") return record.id;
  if (record.type === "note") return `note ${canonical(record.subject)}`;
  return record.type === "participant" ? `participant ${record.userId}` : "conversation";
}

export function isIn({ presences }: Account, userId: string): boolean {
  return presences.get(userId)?.at(-1)?.isIn === true;
}
