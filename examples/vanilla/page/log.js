/** The messages of the open conversation: drawing them, scrolling back, jumping, marking them as read. */
import { byId, fromTemplate, part, setText, showRows } from "./dom.js";
import { announce } from "./errors.js";
import { countOf, nameOf, textOf } from "./format.js";
import { listenToLog, moveThroughMessages } from "./log-actions.js";
import { fillMessage } from "./message-row.js";
import { isAtEnd, isNearEnd, isNearTop, keepPlace, messagesInSight, pointAt, toEnd } from "./place.js";
import { isSameRow, rowsOf } from "./rows.js";

/** @typedef {import("@tidings/core").Client} Client */
/** @typedef {import("@tidings/core").Conversation} Conversation */
/** @typedef {import("@tidings/core").MessageItem} MessageItem */

/** Messages on the page at once, and how many come and go when the reader nears an end of them. */
const SIZE = 160;
const STEP = 60;
/** Messages fetched at most in search of one that is quoted. */
const MOST_SEARCHED = 2_000;

const log = byId("log", HTMLElement);
const jump = byId("jump", HTMLButtonElement);
const jumpLabel = byId("jump-label", HTMLElement);

moveThroughMessages(log);

/**
 * Shows a conversation until it is told to end.
 * @param {Client} client @param {Conversation} room @returns {{ goToNewest: () => void, end: () => void }}
 */
export function showLog(client, room) {
  const { timeline } = room;
  const screen = timeline.window({ size: SIZE });
  const ending = new AbortController();
  const { signal } = ending;
  const me = () => client.userId.get() ?? "";
  let readSeq = room.receipts.get().find(({ userId }) => userId === me())?.readSeq ?? 0;
  /** The mark for new messages stands after what was read when the reader came. */
  let seenSeq = readSeq;
  let isPlaced = false;
  let isLoading = false;
  let wasAtEnd = true;

  /** @param {string} messageId @returns {MessageItem | undefined} */
  function itemOf(messageId) {
    const { items } = timeline.get();
    const item = items.at(items.indexOf(messageId));
    return item?.key === messageId && item.type === "message" ? item : undefined;
  }

  /** @type {Parameters<typeof showRows<import("./rows.js").Row>>[2]} */
  const how = {
    make: (row) => fromTemplate(`${row.type}-template`),
    fill(shown, row) {
      if (row.type === "message") return fillMessage(shown, row, me());
      setText(part(shown, "span", HTMLElement), row.text);
      if (row.type === "hole") shown.dataset.seq = String(row.hole.toSeq);
    },
    isSame: isSameRow,
  };

  function draw() {
    const { items, hasOlder } = screen.get();
    const rows = rowsOf(items, seenSeq, (messageId) => itemOf(messageId)?.message);
    keepPlace(log, () => showRows(log, rows, how));
    byId("empty", HTMLElement).hidden = items.length > 0 || hasOlder;
    if (!isPlaced) place();
    lookAround();
  }

  /** At the mark if there are new messages, else at the end; once there is enough to fill the screen. */
  function place() {
    const mark = log.querySelector(".unread");
    if (mark) mark.scrollIntoView({ block: "start" });
    else toEnd(log);
    isPlaced = log.scrollHeight > log.clientHeight || !screen.get().hasOlder;
  }

  /** What follows from where the reader is: more messages, read marks, the button to the newest. */
  function lookAround() {
    const { hasOlder, hasNewer } = screen.get();
    const isEnd = isAtEnd(log);
    if (wasAtEnd && !isEnd) screen.scroll(0); // from now on it stays with what is read, whatever arrives
    wasAtEnd = isEnd;
    if (hasNewer && isNearEnd(log)) screen.scroll(STEP);
    if (hasOlder && isNearTop(log)) void showOlder();
    jump.hidden = isEnd && !hasNewer;
    const unread = jump.hidden ? 0 : room.unread.get();
    setText(jumpLabel, unread > 0 ? `${unread} new` : "");
    jump.setAttribute(
      "aria-label",
      unread > 0 ? `${countOf(unread, "new message")}, go to the newest` : "Go to the newest",
    );
    if (isPlaced) markRead();
  }

  /** Those that are loaded, then those that are not. */
  async function showOlder() {
    const [first] = screen.get().items;
    if (first && first !== timeline.get().items.at(0)) return screen.scroll(-STEP);
    if (isLoading || client.connection.get().name !== "online") return;
    isLoading = true;
    await timeline.loadOlder().catch(() => {}); // the connection line says why; the next scroll tries again
    isLoading = false;
    if (!signal.aborted) lookAround();
  }

  /** Read is what was in sight, in a window that was in sight. */
  function markRead() {
    if (document.visibilityState === "hidden" || log.offsetParent === null) return;
    const last = messagesInSight(log).at(-1);
    const seq = itemOf(last?.dataset.id ?? "")?.message.seq ?? 0;
    if (seq <= readSeq) return;
    readSeq = seq;
    room.markRead(seq);
  }

  /** @param {string} messageId */
  async function goTo(messageId) {
    let before = -1;
    while (!screen.jumpTo(messageId)) {
      const { length } = timeline.get().items;
      if (length === before || length > MOST_SEARCHED) return announce("The message is not here any more");
      before = length;
      await timeline.loadOlder();
    }
    const row = log.querySelector(`[data-id="${CSS.escape(messageId)}"]`);
    if (row instanceof HTMLElement) pointAt(row);
  }

  function goToNewest() {
    screen.jumpTo("newest");
    toEnd(log);
  }

  /** What comes while nobody looks will be marked as new. */
  function onVisibility() {
    if (document.visibilityState === "hidden") seenSeq = readSeq;
    else lookAround();
  }

  listenToLog(log, { client, room, itemOf, goTo }, signal);
  log.addEventListener("scroll", lookAround, { signal, passive: true });
  jump.addEventListener("click", goToNewest, { signal });
  document.addEventListener("visibilitychange", onVisibility, { signal });
  // The composer grows, a keyboard comes up: whoever was at the end stays there.
  const resized = new ResizeObserver(() => wasAtEnd && toEnd(log));
  resized.observe(log);
  const endings = [
    screen.subscribe(draw),
    client.connection.subscribe(lookAround),
    client.on("message", (message) => {
      if (message.conversationId === room.id) announce(`${nameOf(message.authorId)}: ${textOf(message)}`);
    }),
    () => resized.disconnect(),
    () => ending.abort(),
  ];
  draw();
  return { goToNewest, end: () => endings.forEach((end) => end()) };
}

/** The newest message of one's own that may be edited. @param {Conversation} room */
export function lastOwnMessage(room) {
  const newest = room.timeline.get().items.slice(-SIZE);
  const item = newest.findLast((each) => each.type === "message" && each.own && isEditable(each.message));
  return item?.type === "message" ? item.message : undefined;
}

/** @param {MessageItem["message"]} message */
function isEditable({ deletedAt, seq }) {
  return deletedAt === undefined && seq > 0;
}
