import { apply } from "../../src/domain/apply.ts";
import { Archive } from "../../src/memory/archive.ts";
import { ask } from "../../src/memory/queries.ts";
import type { Reader } from "../../src/memory/reader.ts";
import type { Ack, Change, Head } from "../../src/protocol/changes.ts";
import type { Command } from "../../src/protocol/commands.ts";
import { defaultPolicy } from "../../src/protocol/policy.ts";
import {
  type ChangesPage,
  type ConversationSummary,
  type HistoryPage,
  type HistoryQuery,
  type QueryOf,
  type QueryResults,
  queryResults,
  type QueryType,
} from "../../src/protocol/queries.ts";
import type { Receipt } from "../../src/protocol/receipts.ts";
import type { AnyRecord, MessageRecord, ParticipantRecord } from "../../src/protocol/records.ts";

export const CONVERSATION = "c1";
export const READER = "ada";

/** A UUID of version 7 that says which it is. */
export function idOf(number: number): string {
  return `01890000-0000-7000-8000-${String(number).padStart(12, "0")}`;
}

type Bare<C> = C extends Command
  ? Omit<C, "commandId" | "conversationId" | "at"> & { commandId?: string }
  : never;
/** A command without what the backend here adds. */
export type BareCommand = Bare<Command>;

/** One conversation as a backend keeps it, asked by `READER`; and what it has ever said, to check a client against. */
export interface Backend {
  readonly head: Head;
  epoch: string;
  /** All changes, by rev − 1. */
  readonly log: readonly Change[];
  /** Each command once; a refused one changes nothing. */
  act(userId: string, command: BareCommand): Ack | undefined;
  complete(command: BareCommand): Command;
  changes(afterRev: number, limit: number, style?: "compacted" | "log"): ChangesPage;
  history(place: Partial<Pick<HistoryQuery, "before" | "after" | "around">>, limit: number): HistoryPage;
  summary(): ConversationSummary;
  participants(): readonly ParticipantRecord[];
  receipts(): readonly Receipt[];
  messageAt(seq: number): MessageRecord | undefined;
  /** As of a revision. */
  recordAt(key: string, rev: number): AnyRecord | undefined;
  hasReacted(messageId: string, emoji: string): boolean;
  prune(floorSeq: number): void;
}

/** Names a record, whatever its kind. */
export function keyOf(record: AnyRecord): string {
  if (record.type === "message") return record.id;
  return record.type === "participant" ? record.userId : record.conversationId;
}

/** A group of `READER`, who owns it, and a few others. */
export function createBackend(others: readonly string[] = ["bob", "cyd"]): Backend {
  const archive = new Archive();
  const log: Change[] = [];
  const answers = new Map<string, Ack>();
  let ids = 0;
  let at = 1_000;

  const query = <Type extends QueryType>(asked: QueryOf<Type>): QueryResults[Type] => {
    const { limits } = defaultPolicy;
    const { epoch } = backend;
    const preview = (): undefined => undefined;
    const reader: Reader = { archive, epoch, userId: READER, pageSize: 1_000, limits, preview, at };
    return queryResults[asked.type].parse(ask(reader, asked));
  };

  const backend: Backend = {
    epoch: "e1",
    log,
    get head() {
      return archive.store(CONVERSATION).head;
    },
    complete(command) {
      const commandId = command.commandId ?? idOf((ids += 1));
      return { ...command, commandId, conversationId: CONVERSATION, at };
    },
    act(userId, bare) {
      const command = backend.complete(bare);
      const { commandId } = command;
      const answered = answers.get(commandId);
      if (answered) return answered;
      const store = archive.store(CONVERSATION);
      at += 1;
      const applied = apply(store, command, { actorId: userId, at, limits: defaultPolicy.limits });
      if (!applied.ok) return undefined;
      archive.commit(store, applied);
      log.push(...applied.changes);
      const { changes, receipt } = applied;
      const ack = { commandId, changes, ...(receipt && { receipt }) };
      answers.set(commandId, ack);
      return ack;
    },
    changes(afterRev, limit, style = "compacted") {
      const page = query({ type: "changes", conversationId: CONVERSATION, afterRev, limit });
      if (style === "compacted" || page.reset) return page;
      // A log answers with every state there was, in order.
      const records = log.slice(afterRev, afterRev + limit).map(({ record }) => record);
      return { ...page, records, upTo: Math.min(page.head.rev, afterRev + limit) };
    },
    history: (place, limit) => query({ type: "history", conversationId: CONVERSATION, ...place, limit }),
    summary: () => query({ type: "conversation", conversationId: CONVERSATION }),
    participants: () => query({ type: "participants", conversationId: CONVERSATION, limit: 100 }).items,
    receipts: () => query({ type: "receipts", conversationId: CONVERSATION, limit: 100 }).items,
    messageAt: (seq) => archive.store(CONVERSATION).messageAt(seq),
    recordAt: (key, rev) =>
      log.findLast((change) => change.rev <= rev && keyOf(change.record) === key)?.record,
    hasReacted: (messageId, emoji) => archive.store(CONVERSATION).hasReacted(messageId, READER, emoji),
    prune: (floorSeq) => archive.store(CONVERSATION).prune(floorSeq),
  };

  backend.act(READER, {
    type: "conversation.create",
    kind: "group",
    participants: others.map((userId) => ({ userId })),
  });
  return backend;
}
