/** What the log shows, as plain rows: days, the unread mark, holes, and messages that know their neighbours. Pure. */
import { countOf, dayKey, dayOf } from "./format.js";

/** @typedef {import("@tidings/core").TimelineItem} TimelineItem */
/** @typedef {import("@tidings/core").MessageItem} MessageItem */
/** @typedef {import("@tidings/core").HoleItem} HoleItem */
/** @typedef {import("@tidings/core/protocol").MessageRecord} MessageRecord */
/**
 * `isFirst` and `isLast` of what one person said in a row; `answered` is the message it answers, if that is loaded.
 * @typedef {{ type: "message", key: string, item: MessageItem, isFirst: boolean, isLast: boolean, answered: MessageRecord | undefined }} MessageRow
 */
/** @typedef {{ type: "hole", key: string, hole: HoleItem, text: string }} HoleRow */
/** @typedef {MessageRow | HoleRow | { type: "day" | "unread", key: string, text: string }} Row */

/** Said within this time of each other, messages of one person stand together. */
const TOGETHER_MS = 5 * 60_000;

/**
 * @param {readonly TimelineItem[]} items
 * @param {number} seenSeq the unread mark stands before the first message of others above it
 * @param {(messageId: string) => MessageRecord | undefined} find
 * @returns {Row[]}
 */
export function rowsOf(items, seenSeq, find) {
  /** @type {Row[]} */
  const rows = [];
  let day = "";
  let isMarked = false;
  items.forEach((item, index) => {
    if (item.type === "hole") {
      const text = `${countOf(item.toSeq - item.fromSeq + 1, "message")} not loaded`;
      rows.push({ type: "hole", key: item.key, hole: item, text });
      return;
    }
    const { createdAt, seq, replyTo } = item.message;
    if (dayKey(createdAt) !== day) {
      day = dayKey(createdAt);
      rows.push({ type: "day", key: `day ${day}`, text: dayOf(createdAt) });
    }
    const isMark = !isMarked && !item.own && seq > seenSeq;
    if (isMark) {
      isMarked = true;
      rows.push({ type: "unread", key: "unread", text: "New messages" });
    }
    rows.push({
      type: "message",
      key: item.key,
      item,
      isFirst: isMark || !areTogether(items[index - 1], item),
      isLast: !areTogether(item, items[index + 1]),
      answered: replyTo === undefined ? undefined : find(replyTo),
    });
  });
  return rows;
}

/** @param {TimelineItem | undefined} one @param {TimelineItem | undefined} other */
function areTogether(one, other) {
  return (
    one?.type === "message" &&
    other?.type === "message" &&
    one.message.authorId === other.message.authorId &&
    Math.abs(other.message.createdAt - one.message.createdAt) < TOGETHER_MS &&
    dayKey(one.message.createdAt) === dayKey(other.message.createdAt)
  );
}

/** Does nothing about it have to be drawn again? @param {Row} a @param {Row} b */
export function isSameRow(a, b) {
  if (a.type === "message" && b.type === "message") {
    return a.item === b.item && a.isFirst === b.isFirst && a.isLast === b.isLast && a.answered === b.answered;
  }
  return "text" in a && "text" in b && a.text === b.text;
}
