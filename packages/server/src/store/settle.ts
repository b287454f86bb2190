import { type Applied, take } from "@tidings/core/domain";
import type { Command } from "@tidings/core/protocol";
import { type AuditEntry, auditOf } from "./audit.ts";
import { type CaseEvent, caseEventsOf } from "./case-events.ts";
import { flagsOf } from "./flags.ts";
import { answerOf, recall, type Remembered } from "./answers.ts";
import type { Admit, Judged, Outcome, Refusal, Submission } from "./store.ts";
import type { WorkingSet } from "./working-set.ts";

/** What one transaction knows, and how it keeps what it learns. */
export interface Scene {
  readonly work: WorkingSet;
  /** By command id: answered in an earlier transaction, or earlier in this one. */
  readonly known: Map<string, Remembered>;
  /** Keeps an answer for later transactions. */
  readonly keep: (commandId: string, remembered: Remembered, at: number) => void;
  /** Writes down what somebody did to others. */
  readonly audit: (entry: AuditEntry) => void;
  /** Tells moderators. */
  readonly mark: (event: CaseEvent) => void;
  /** Told when `apply` throws: a defect, never an expected outcome. */
  readonly onDefect: (error: unknown) => void;
}

/** A row was asked for that the transaction has not read yet: not a defect, the store reads it and asks again. */
export class NotLoaded extends Error {}

/** Decides one command: refused, answered as before, or applied. The same for every store (D2, D7). */
export function settle<Item extends Submission>(item: Item, admit: Admit<Item>, scene: Scene): Outcome {
  const { command, context } = item;
  const { work, known } = scene;
  const remembered = known.get(command.commandId);
  const refusal = admit(item, remembered !== undefined);
  if (refusal) return refusal;
  if (remembered) return recall(remembered, command, context, work);
  const applied = item.obstacle ?? applyTo(item, scene);
  if (applied.ok) work.absorb(command.conversationId, applied);
  remember(item, applied, scene);
  if (!applied.ok) return applied;
  // What the server itself does in somebody's name is written down by who asked for it, in one entry.
  const entry = item.isOnce ? undefined : auditOf(command, context, applied);
  if (entry) scene.audit(entry);
  flagsOf(item).forEach(scene.audit);
  caseEventsOf(item, applied, (conversationId) => work.records(conversationId)).forEach(scene.mark);
  const { head, record } = work.conversation(command.conversationId);
  const { changes, receipt } = applied;
  const ack = { commandId: command.commandId, changes, ...(receipt && { receipt }) };
  return {
    ok: true,
    isKnown: false,
    ack,
    head,
    settings: record?.settings ?? { typing: true, receipts: true },
  };
}

function applyTo({ command, context, judged }: Submission, { work, onDefect }: Scene): Applied {
  try {
    const said = judged ? asJudged(command, judged) : command;
    const applied = take((conversationId) => work.records(conversationId), said, {
      ...context,
      ...(judged?.content && { isModerated: true }),
    });
    // Only who may say something at all hears that this is not to be said (D8).
    return applied.ok && judged?.refused !== undefined ? refusedAs(judged.refused) : applied;
  } catch (error) {
    if (error instanceof NotLoaded) throw error;
    onDefect(error);
    // Final, or a client would submit it for ever and block its lane (D7).
    const refusal: Refusal = {
      ok: false,
      code: "server/internal",
      retryable: false,
      message: "unable to apply the command; the server has a defect",
    };
    return refusal;
  }
}

function asJudged(command: Command, { content, name, description, custom }: Judged): Command {
  if (command.type === "message.send" || command.type === "message.edit")
    return { ...command, ...(content && { content }), ...(custom && { custom }) };
  if (command.type !== "conversation.create" && command.type !== "conversation.update") return command;
  return {
    ...command,
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(custom && { custom }),
  };
}

function refusedAs(reason: string): Refusal {
  return { ok: false, code: "moderation/refused", message: `unable to say this; moderation: ${reason}` };
}

/** So that the same command gets the same answer: later from the table, in this batch from `known` (D2). */
function remember(item: Submission, applied: Applied, { known, keep }: Scene): void {
  const { command, context, isOnce, plannedAt } = item;
  const { commandId, conversationId } = command;
  const answer = answerOf(command, context.at, applied);
  if (!answer || isOnce || (plannedAt !== undefined && !applied.ok)) return;
  const given = { userId: context.actorId, conversationId, answer };
  known.set(commandId, given);
  // A sent message remembers itself.
  if (!applied.ok || command.type !== "message.send") keep(commandId, given, context.at);
}
