import type { Applied, ApplyContext, Rejection } from "@tidings/core/domain";
import { type Ack, type AnyRecord, type Change, type Command, noteIdOf } from "@tidings/core/protocol";
import { mayRead } from "../access.ts";
import type { Outcome } from "./store.ts";
import type { StoredAnswer } from "./stored-answer.ts";
import type { WorkingSet } from "./working-set.ts";

export interface Remembered {
  readonly userId: string;
  readonly conversationId: string;
  readonly answer: StoredAnswer;
}

/** The revision a message was sent with is not kept: 0, which no record has. */
export function sentAnswer(messageId: string, at: number): StoredAnswer {
  return { kind: "message.send", at, records: [{ type: "message", id: messageId, rev: 0 }] };
}

/** What is to be remembered of an answer; undefined where nothing needs to be. */
export function answerOf(command: Command, at: number, applied: Applied): StoredAnswer | undefined {
  if (command.type === "receipt.mark") return undefined; // Watermarks only rise: repeating it is harmless.
  if (!applied.ok) return applied.code === "server/internal" ? undefined : refusedAnswer(applied);
  const emoji = "emoji" in command ? { emoji: command.emoji } : {};
  const records = applied.changes.map(({ rev, record }) => ({ type: record.type, id: idOf(record), rev }));
  return { kind: command.type, at, ...emoji, records };
}

function refusedAnswer({ code, message }: Rejection): StoredAnswer {
  return { code, message };
}

/**
 * The first answer again, with the records as they are now. Someone who may no longer read gets only those that are
 * still what the first answer said (D8).
 */
export function recall(
  remembered: Remembered,
  command: Command,
  { actorId, system }: ApplyContext,
  work: WorkingSet,
): Outcome {
  const { userId, conversationId, answer } = remembered;
  if (userId !== actorId) {
    return { ok: false, code: "command/id-taken", message: "unable to accept the command; its id is in use" };
  }
  if ("code" in answer) return { ok: false, ...answer };
  const conversation = work.conversation(conversationId);
  const seesAll = system === true || mayRead(work.participant(conversation, actorId));
  const { commandId } = command;
  const { kind, at, emoji, records } = answer;
  const changes = records.flatMap(({ type, id, rev }): Change[] => {
    const record = find(type, id);
    if (!record || (!seesAll && record.rev !== rev)) return [];
    // What the command did it did at its own revision, whatever has become of the record since.
    const change = { conversationId, rev: rev || record.rev, kind, actorId, at, commandId, record };
    return [emoji === undefined ? change : { ...change, emoji }];
  });
  const ack: Ack = { commandId, changes: changes.sort((one, other) => one.rev - other.rev) };
  return { ok: true, isKnown: true, ack };

  function find(type: AnyRecord["type"], id: string): AnyRecord | undefined {
    if (type === "conversation") return conversation.record;
    if (type === "note") return work.note(conversation, id);
    return type === "participant" ? work.participant(conversation, id) : work.message(id);
  }
}

function idOf(record: AnyRecord): string {
  if (record.type === "conversation") return "";
  if (record.type === "note") return noteIdOf(record.subject);
  return record.type === "participant" ? record.userId : record.id;
}
