import type { Unsubscribe } from "../base/observable.ts";
import { internalsOf } from "../client/internals.ts";
import type { Client } from "../client/types.ts";
import type { CustomOf, CustomSchemas } from "../compose/custom.ts";
import { notebookOf } from "../protocol/notes.ts";
import type { PushPayload } from "../protocol/push-payload.ts";
import type { MessageRecord } from "../protocol/records.ts";
import { openMessages } from "./message-book.ts";
import { notesOf } from "./notes-of.ts";
import { type Reminder, reminderOf } from "./plans.ts";
import { tagOf } from "./push/push-message.ts";
import { closeOfWorker, shownByWorker } from "./show-notification.ts";

export interface ReminderNoticesOptions<Custom> {
  /** It is known what the user has noted. */
  readonly isKnown: () => boolean;
  /** @param message - what it is about; undefined if that is gone, or not for them. */
  readonly onDue: (reminder: Reminder, message: MessageRecord<Custom> | undefined) => void;
  /** By their tags, when each reminder is, or was, due, as far as it is known here. Told of news, and on each link. */
  readonly onKept: (dueAts: ReadonlyMap<string, number>) => void;
}

export interface ReminderNotices {
  /** What `isKnown` says, or the connection, may be another. */
  look(): void;
  readonly end: Unsubscribe;
}

/**
 * Watches for reminders that come due from the moment on at which it is known which there are: what was due before, the
 * person has been told of. Waits until it is known what a reminder is about.
 */
export function watchReminders<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  { isKnown, onDue, onKept }: ReminderNoticesOptions<CustomOf<Schemas, "message">>,
): ReminderNotices {
  const { core } = internalsOf(client);
  const { notes } = notesOf(client);
  /** By tag, when what is due came due; undefined until it is known. */
  let due: ReadonlyMap<string, number> | undefined;
  /** What `onKept` was told last on this link. */
  let kept: ReadonlyMap<string, number> | undefined;
  const waiting = new Map<string, Unsubscribe>();

  const stopWaiting = (tag: string): void => {
    waiting.get(tag)?.();
    waiting.delete(tag);
  };

  const tell = (tag: string, reminder: Reminder): void => {
    const { conversationId, messageId } = reminder;
    const found = openMessages(client).message(conversationId, messageId);
    const look = (): void => {
      const message = found.get();
      const isAbsent = core.directory.peek(conversationId)?.view.get().absent ?? false;
      if (message === "loading" && !isAbsent) return;
      stopWaiting(tag);
      onDue(reminder, typeof message === "string" || isAbsent ? undefined : message);
    };
    stopWaiting(tag);
    waiting.set(tag, found.subscribe(look));
    look();
  };

  const look = (): void => {
    if (!isKnown()) return;
    const reminders = notes.get().flatMap((note) => reminderOf(note) ?? []);
    const now = new Map<string, number>();
    for (const reminder of reminders) {
      const { firedAt } = reminder;
      const tag = tagOf(reminder);
      if (firedAt === undefined) continue;
      now.set(tag, firedAt);
      if (due && due.get(tag) !== firedAt) tell(tag, reminder);
    }
    due = now;
    for (const tag of waiting.keys()) if (!due.has(tag)) stopWaiting(tag);
    const dueAts = new Map(reminders.map((reminder) => [tagOf(reminder), reminder.dueAt]));
    // Without a link nobody knows what other devices have done.
    if (client.connection.get().name !== "online") kept = undefined;
    else if (!kept || !isSameMap(kept, dueAts)) onKept((kept = dueAts));
  };

  const ends = [notes.subscribe(look), client.connection.subscribe(look)];
  look();
  return {
    look,
    end() {
      for (const end of ends) end();
      for (const tag of waiting.keys()) stopWaiting(tag);
    },
  };
}

/**
 * Closes what the app's service worker shows of reminders that were dealt with. It may show what this page has not heard of
 * yet, so the backend has the last word.
 *
 * @param known - as `onKept` is told.
 */
export async function closeRemindersOfWorker<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  known: ReadonlyMap<string, number>,
): Promise<void> {
  const isOverBy =
    (dueAts: ReadonlyMap<string, number>) =>
    (of: PushPayload): boolean =>
      of.dueAt !== undefined && dueAts.get(tagOf(of)) !== of.dueAt;
  const isOver = isOverBy(known);
  if (!(await shownByWorker()).some(({ of }) => isOver(of))) return;
  const dueAts = await askDueAts(client);
  if (dueAts) await closeOfWorker(isOverBy(dueAts));
}

/** As `onKept` is told, but as the backend has them at this moment; undefined if it cannot be asked. */
async function askDueAts<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
): Promise<ReadonlyMap<string, number> | undefined> {
  const { core } = internalsOf(client);
  const conversationId = notebookOf(core.userId() ?? "");
  const dueAts = new Map<string, number>();
  try {
    let after: string | undefined;
    do {
      const place = { limit: core.limits().pageSize, ...(after !== undefined && { after }) };
      const page = await core.loader.query({ type: "notes", kind: "reminder", conversationId, ...place });
      for (const reminder of page.items.map(reminderOf))
        if (reminder) dueAts.set(tagOf(reminder), reminder.dueAt);
      after = page.next;
    } while (after !== undefined);
    return dueAts;
  } catch {
    return undefined;
  }
}

function isSameMap(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}
