import type { NoteRecord } from "@tidings/core/protocol";
import type { Account, Ledger } from "./ledger.ts";

/** What is due by then stands in the notebook until it is done: nothing of it may be there any more, once all is at rest. */
export function dueBy({ records }: Account, time: number): NoteRecord | undefined {
  return [...records.values()].find(
    (record): record is NoteRecord => record.type === "note" && isDue(record, time),
  );
}

function isDue({ subject, value }: NoteRecord, time: number): boolean {
  if (value?.dueAt === undefined || value.dueAt > time) return false;
  return subject.kind === "scheduled" ? value.code === undefined : value.firedAt === undefined;
}

/**
 * What the server had begun to send it has sent, or it says why not: nobody else changes, or lets go of, what is under way.
 *
 * @param isOfPeople - did somebody give this command, and not the server by itself?
 */
export function* planFaults(
  { changes }: Account,
  ledger: Ledger,
  isOfPeople: (commandId: string) => boolean,
): Generator<string> {
  const before = new Map<string, NoteRecord>();
  for (const { record, commandId } of changes) {
    if (record.type !== "note" || record.subject.kind !== "scheduled") continue;
    const { messageId = "" } = record.subject;
    const { firedAt, code } = before.get(messageId)?.value ?? {};
    const isUnderWay = firedAt !== undefined && code === undefined;
    if (isUnderWay && isOfPeople(commandId)) yield `${messageId} was changed while it was sent`;
    if (isUnderWay && record.value === undefined && !ledger.has(messageId))
      yield `${messageId} was due, and was let go unsent`;
    before.set(messageId, record);
  }
}
