import type { Client } from "@tidings/core";
import { openBlocks, openNotebook, openPlans, openReports } from "@tidings/core/bindings";
import type { NoteRecord } from "@tidings/core/protocol";
import type { Account } from "./ledger.ts";

/** At rest a device shows what stands in its person's notebook, and nothing else. */
export function* noteFaults(client: Client | undefined, { records }: Account): Generator<string> {
  if (!client) return;
  const notes = [...records.values()].filter(
    (record): record is NoteRecord => record.type === "note" && record.value !== undefined,
  );
  const messages = (kind: string): readonly string[] =>
    notes.flatMap(({ subject }) => (subject.kind === kind ? (subject.messageId ?? []) : [])).sort();
  const { bookmarks, hidden, conversations } = openNotebook(client);
  yield* difference(
    "bookmarks",
    bookmarks
      .get()
      .map(({ messageId }) => messageId)
      .sort(),
    messages("bookmark"),
  );
  yield* difference("hidden messages", [...hidden.get()].sort(), messages("hidden"));
  const { scheduled, reminders } = openPlans(client);
  const planned = scheduled.get().map(({ id }) => id);
  const expected = new Set([...messages("scheduled"), ...refusedPlans(client)]);
  yield* difference("plans", planned.sort(), [...expected].sort());
  const remembered = reminders.get().map(({ messageId }) => messageId);
  yield* difference("reminders", remembered.sort(), messages("reminder"));
  const people = (kind: string): readonly string[] =>
    notes.flatMap(({ subject }) => (subject.kind === kind ? (subject.userId ?? []) : [])).sort();
  yield* difference("blocks", [...openBlocks(client).userIds.get()].sort(), people("block"));
  const told = openReports(client).reports.get();
  const subjects = told.map(({ messageId, userId }) => messageId ?? userId ?? "");
  yield* difference("reports", subjects.sort(), [...messages("report"), ...people("report")].sort());
  const about = (kind: string, id: string): NoteRecord | undefined =>
    notes.find(({ subject }) => subject.kind === kind && subject.conversationId === id);
  for (const { conversationId: id, pinned, archived, muted, draft } of conversations.get()) {
    const expected = ["pinned", "archived", "muted"].filter((kind) => about(kind, id));
    const shown = [pinned && "pinned", archived && "archived", muted && "muted"].filter(
      (kind) => kind !== false,
    );
    yield* difference(`marks of ${id}`, shown, expected);
    yield* difference(`draft in ${id}`, [draft ?? ""], [about("draft", id)?.value?.text ?? ""]);
  }
}

function* difference(what: string, shown: readonly string[], expected: readonly string[]): Generator<string> {
  if (shown.join() !== expected.join())
    yield `its ${what} are ${JSON.stringify(shown)} instead of ${JSON.stringify(expected)}`;
}

/** What was not planned, or not planned anew, stays in sight: ids of its messages. */
function refusedPlans({ outbox }: Client): readonly string[] {
  return outbox.get().entries.flatMap(({ command, status }) => {
    const isPlan = command.type === "note.set" && command.subject.kind === "scheduled";
    return isPlan && status === "failed" ? (command.subject.messageId ?? []) : [];
  });
}
