import { type Notice, reminderNoticeOf } from "@tidings/core/domain";
import {
  notebookOf,
  noteIdOf,
  type NoteRecord,
  type NotifyRules,
  type PushPayload,
} from "@tidings/core/protocol";
import type { Clock } from "../engine/clock.ts";
import { findMessage, type FoundMessage } from "../engine/found-message.ts";
import type { Remind } from "../engine/plans.ts";
import type { PushTargets } from "../store/push.ts";
import type { Store } from "../store/store.ts";
import { badgeOf, beginningOf, itemsOf, placeOf, topicOf, wordsOf } from "./payload.ts";
import type { PushMessage } from "./provider.ts";
import type { PushQueue } from "./push-queue.ts";

export interface RemindersOptions {
  readonly store: Pick<Store, "query" | "blocks">;
  readonly targets: Pick<PushTargets, "of" | "unreadOfBlocked">;
  readonly queue: Pick<PushQueue, "add">;
  readonly clock: Pick<Clock, "now" | "soon">;
  readonly ttlMs: number;
}

/** Reminders that wait to be looked up (D9); of more, people are told when it is asked again. */
const MOST_WAITING = 10_000;

/**
 * Tells all devices of somebody that it is time for what they wanted to be reminded of. They asked for it, so nobody waits
 * whether they see it anyway: of their pages and devices each finds out by itself whether another shows it. One is looked
 * up after the other, and between two of them other work gets its turn, however many come due at once.
 */
export function remindByPush(options: RemindersOptions): Remind {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return async (userId, note) => {
    if (waiting >= MOST_WAITING) return false;
    waiting += 1;
    const pushes = last.then(() => pushesOf(userId, note, options)).finally(() => (waiting -= 1));
    last = pushes.catch(() => {}); // whoever asked is told
    const renew = (): Promise<PushPayload> => payloadOf(userId, note, options);
    const isOver = (await pushes).map(
      (message) => new Promise<boolean>((resolve) => options.queue.add(message, resolve, renew)),
    );
    return (await Promise.all(isOver)).every(Boolean);
  };
}

async function pushesOf(
  userId: string,
  note: NoteRecord,
  options: RemindersOptions,
): Promise<readonly PushMessage[]> {
  const { targets, clock, ttlMs } = options;
  await new Promise<void>((resolve) => clock.soon(resolve));
  const devices = await targets.of(userId);
  if (devices.length === 0) return [];
  const payload = await payloadOf(userId, note, options);
  const topic = topicOf(userId, noteIdOf(note.subject));
  return devices.map((target) => ({ target, payload, topic, urgency: "high", ttlMs }));
}

async function payloadOf(
  userId: string,
  { subject, value }: NoteRecord,
  options: RemindersOptions,
): Promise<PushPayload> {
  const { store, clock } = options;
  const { conversationId, messageId: id = "" } = subject;
  const found = await findMessage(userId, { conversationId, messageId: id }, store);
  const message = found.ok ? found.message : undefined;
  const dueAt = value?.dueAt ?? 0;
  const notice = reminderNoticeOf({
    ...{ dueAt, message, now: clock.now(), rules: await rulesOf(userId, store) },
    isBlocked: message && (await store.blocks?.(userId))?.own.includes(message.authorId),
    isConfidential: found.ok && found.conversation.settings.confidential,
  });
  return {
    ...{ ...placeOf(message ?? { conversationId, id, seq: 0 }), count: 1, dueAt },
    ...{ sound: notice.sound, badge: await badgeOf(userId, options) },
    ...(found.ok && shownOf(found, value?.text, notice)),
  };
}

function shownOf(
  { message, conversation }: FoundMessage,
  note: string | undefined,
  { shows }: Notice,
): Pick<PushPayload, "authorId" | "name" | "text" | "note"> {
  const isNoted = note !== undefined && shows !== "nothing";
  return { ...wordsOf(message, shows, conversation), ...(isNoted && { note: beginningOf(note) }) };
}

async function rulesOf(userId: string, store: RemindersOptions["store"]): Promise<NotifyRules | undefined> {
  const conversationId = notebookOf(userId);
  const page = await store.query(userId, { type: "notes", kind: "notify", conversationId, limit: 10 });
  const notes = itemsOf(page).flatMap((item) => ("subject" in item ? [item] : []));
  return notes.find(({ subject }) => subject.conversationId === conversationId)?.value?.rules;
}
