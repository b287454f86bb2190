import { createHash } from "node:crypto";
import type { Notice } from "@tidings/core/domain";
import {
  type ConversationRecord,
  type MessageRecord,
  notebookOf,
  type PushPayload,
  type QueryResults,
  type QueryType,
} from "@tidings/core/protocol";
import type { Clock } from "../engine/clock.ts";
import type { PushTargets } from "../store/push.ts";
import type { Answer, Store } from "../store/store.ts";

const LONGEST_TEXT = 200;
/** Conversations whose unread messages a badge counts: those that were active last. */
const COUNTED = 100;

/** Where a message is. */
export function placeOf({
  conversationId,
  id: messageId,
  seq,
}: Pick<MessageRecord, "conversationId" | "id" | "seq">): Pick<
  PushPayload,
  "version" | "conversationId" | "messageId" | "seq"
> {
  return { version: 1, conversationId, messageId, seq };
}

/** As much of a message, and of where it was said, as may be shown. */
export function wordsOf(
  { authorId, content }: Pick<MessageRecord, "authorId" | "content">,
  shows: Notice["shows"],
  { name }: Pick<ConversationRecord, "name">,
): Pick<PushPayload, "authorId" | "name" | "text"> {
  if (shows === "nothing") return {};
  return {
    ...{ authorId, ...(name !== undefined && { name: beginningOf(name) }) },
    ...(shows === "text" && "text" in content && { text: beginningOf(content.text) }),
  };
}

/** No character is cut in two. What nobody sees in a notification would take six bytes each, and push services take 4,096 in all. */
export function beginningOf(text: string): string {
  const begun = text.slice(0, LONGEST_TEXT).replace(/[\ud800-\udbff]$/u, "");
  return (text.length <= LONGEST_TEXT ? text : `${begun}…`).replace(/(?!\n)\p{Cc}/gu, " ");
}

/** One of each thing that pushes of a person are about, so that those of one replace one another; it says nothing to the push service. */
export function topicOf(userId: string, about: string): string {
  return createHash("sha256").update(`${userId}\n${about}`).digest("base64url").slice(0, 32);
}

export interface BadgeOptions {
  readonly store: Pick<Store, "query">;
  readonly targets: Pick<PushTargets, "unreadOfBlocked">;
  readonly clock: Pick<Clock, "now">;
}

/** Unread messages of conversations that are not muted, without those of people one blocks. */
export async function badgeOf(userId: string, { store, targets, clock }: BadgeOptions): Promise<number> {
  const conversationId = notebookOf(userId);
  const [listed, muted] = await Promise.all([
    store.query(userId, { type: "conversations", limit: COUNTED }),
    store.query(userId, { type: "notes", kind: "muted", conversationId, limit: 1_000 }),
  ]);
  const silent = new Set<string>();
  for (const item of itemsOf(muted))
    if ("subject" in item && (item.value?.until ?? Infinity) > clock.now())
      silent.add(item.subject.conversationId);
  let count = 0;
  const counted: string[] = [];
  for (const item of itemsOf(listed)) {
    if (!("unread" in item) || item.unread === 0 || silent.has(item.conversation.conversationId)) continue;
    count += item.unread;
    counted.push(item.conversation.conversationId);
  }
  const blocked = counted.length > 0 ? await targets.unreadOfBlocked(userId, counted) : 0;
  return Math.max(0, count - blocked); // counted a moment apart
}

type Listed = Extract<QueryResults[QueryType], { readonly items: readonly unknown[] }>["items"][number];

/** Of a page that is a list; there are none of what one may not read. */
export function itemsOf(answer: Answer): readonly Extract<Listed, object>[] {
  return answer.ok && "items" in answer.result
    ? answer.result.items.filter((item) => typeof item === "object")
    : [];
}
