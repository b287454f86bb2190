import type { ErrorCode } from "../errors/codes.ts";
import type { Change } from "../protocol/changes.ts";
import type { Command, MarkReceipt } from "../protocol/commands.ts";
import type { AnyRecord, ConversationRecord, ParticipantRecord } from "../protocol/records.ts";
import type { Authority } from "./permissions.ts";
import type { Accepted, ApplyContext, Records } from "./types.ts";

/** What a rule answers; `apply` makes a rejection of a code. */
export type Verdict = Accepted | ErrorCode;

/** What a rule looks at, beside its command. */
export interface Scene {
  readonly records: Records;
  readonly context: ApplyContext;
  readonly conversation: ConversationRecord;
  /** The actor's. */
  readonly role: Authority;
  /** The actor; may be absent only while the system acts, and while joining. */
  readonly self: ParticipantRecord | undefined;
}

/** Everything is already as the command wants it. */
export const nothing: Accepted = Object.freeze({ ok: true, changes: Object.freeze([]) });

type Changing = Exclude<Command, MarkReceipt>;

export function change(command: Changing, { actorId, at }: ApplyContext, record: AnyRecord): Change {
  const { conversationId, commandId, type: kind } = command;
  return { conversationId, rev: record.rev, kind, actorId, at, commandId, record };
}

/** One record changed, as by all commands but `conversation.create`. It is given the next rev. */
export function put({ records, context }: Scene, command: Changing, record: AnyRecord): Accepted {
  return { ok: true, changes: [change(command, context, { ...record, rev: records.head.rev + 1 })] };
}

/** Do two JSON values say the same? Keys in another order count as a difference; that costs a needless change only. */
export function isSameJson(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
