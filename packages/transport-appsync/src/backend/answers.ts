import { isIn } from "@tidings/core/domain";
import type { ErrorCode } from "@tidings/core/errors";
import type { Ack, AnyRecord, Change, ChangeKind, Command } from "@tidings/core/protocol";
import type { Dynamo, Item } from "./dynamo.ts";
import type { Refusal } from "./refusal.ts";
import { answerKey, docOf, expiry, isKept, partitionOf, row, sortKey, sortKeyOf } from "./rows.ts";

/** What a command was answered; records by reference, so that no deleted text lives on here. */
interface Answer {
  readonly userId: string;
  readonly conversationId: string;
  readonly refused?: { readonly code: ErrorCode; readonly message: string };
  readonly kind: Command["type"];
  readonly at: number;
  readonly emoji?: string;
  readonly records: readonly { readonly sk: string; readonly rev: number }[];
}

export type Outcome = { readonly ok: true; readonly ack: Ack } | Refusal;

export interface Given {
  readonly command: Command;
  readonly userId: string;
  readonly at: number;
}

/** The row that makes a command take effect once. */
export function answerItem({ command, userId, at }: Given, outcome: Outcome, keptMs: number): Item {
  const { conversationId, commandId, type: kind } = command;
  const { pk, sk } = answerKey(commandId);
  const changes = outcome.ok ? outcome.ack.changes : [];
  const answer: Answer = {
    ...{ userId, conversationId, kind, at },
    ...("emoji" in command && { emoji: command.emoji }),
    ...(!outcome.ok && { refused: { code: outcome.code, message: outcome.message } }),
    records: changes.map(({ rev, record }) => ({ sk: sortKeyOf(record), rev })),
  };
  return { ...row(pk, sk, answer), ...expiry(at + keptMs) };
}

/**
 * The first answer again, with the records as they are now. Whoever may no longer read gets only those that are still
 * what the first answer said (D8).
 */
export async function recall(dynamo: Dynamo, known: Item, given: Given): Promise<Outcome> {
  const { userId, conversationId, refused, kind, at, emoji, records }: Answer = docOf(known);
  if (userId !== given.userId) {
    return { ok: false, code: "command/id-taken", message: "unable to accept the command; its id is in use" };
  }
  if (refused) return { ok: false, ...refused };
  const pk = partitionOf(conversationId);
  const self = sortKey.participant(userId);
  const sks = new Set([self, ...records.map(({ sk }) => sk)]);
  const found = await dynamo.get([...sks].map((sk) => ({ pk, sk })));
  const docs = new Map(
    found
      .filter((item) => isKept(item, given.at))
      .map((item): AnyRecord => docOf(item))
      .map((record) => [sortKeyOf(record), record]),
  );
  const reader = docs.get(self);
  const maySee = reader?.type === "participant" && isIn(reader);
  const { commandId } = given.command;
  const changes = records.flatMap(({ sk, rev }): Change[] => {
    const record = docs.get(sk);
    if (!record || kind === "receipt.mark" || (!maySee && record.rev !== rev)) return [];
    const change = { conversationId, rev: rev || record.rev, actorId: userId, at, commandId, record };
    return [{ ...change, kind: kind satisfies ChangeKind, ...(emoji !== undefined && { emoji }) }];
  });
  return { ok: true, ack: { commandId, changes: changes.sort((one, other) => one.rev - other.rev) } };
}
