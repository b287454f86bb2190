/** The list of conversations: name, last message, time, unread. */
import { byId, fromTemplate, moveWithArrows, part, setAttribute, setText, showRows } from "./dom.js";
import { fullTimeOf, hueOf, initialOf, nameOf, shortTimeOf, textOf } from "./format.js";

/** @typedef {import("@tidings/core").ConversationItem} ConversationItem */
/** @typedef {import("@tidings/core/protocol").PresenceStatus} PresenceStatus */
/** @typedef {{ key: string, item: ConversationItem, title: string, face: string, isCurrent: boolean, presence: PresenceStatus | undefined, last: string }} Row */

const list = byId("conversations", HTMLElement);
const MOST_SHOWN = 99;

/** @param {(conversationId: string) => void} open */
export function listenToList(open) {
  list.addEventListener("click", ({ target }) => {
    const row = target instanceof Element ? target.closest("li") : null;
    if (row?.dataset.id) open(row.dataset.id);
  });
  moveWithArrows(list, () => [...list.querySelectorAll("button")], {
    next: "ArrowDown",
    previous: "ArrowUp",
  });
}

/**
 * @param {readonly ConversationItem[]} items
 * @param {{ me: string | undefined, current: string | undefined, titleOf: (item: ConversationItem) => string, faceOf: (item: ConversationItem) => string, presenceOf: (item: ConversationItem) => PresenceStatus | undefined }} context
 */
export function showList(items, { me, current, titleOf, faceOf, presenceOf }) {
  const rows = items.map((item) => ({
    key: item.conversationId,
    item,
    title: titleOf(item),
    face: faceOf(item),
    isCurrent: item.conversationId === current,
    presence: presenceOf(item),
    last: lastOf(item, me),
  }));
  showRows(list, rows, { make: () => fromTemplate("conversation-template"), fill, isSame });
}

/** @param {ConversationItem} item @param {string | undefined} me */
function lastOf({ lastMessage, record }, me) {
  if (!lastMessage) return "No messages yet";
  const text = textOf(lastMessage);
  if (lastMessage.authorId === me) return `You: ${text}`;
  return record?.kind === "direct" ? text : `${nameOf(lastMessage.authorId)}: ${text}`;
}

/** @param {Row} a @param {Row} b */
function isSame(a, b) {
  return (
    a.item.unread === b.item.unread &&
    a.item.activeAt === b.item.activeAt &&
    a.last === b.last &&
    a.title === b.title &&
    a.face === b.face &&
    a.isCurrent === b.isCurrent &&
    a.presence === b.presence
  );
}

/** @param {HTMLElement} shown @param {Row} row */
function fill(shown, { item, title, face, isCurrent, presence, last }) {
  shown.dataset.id = item.conversationId;
  const button = part(shown, "button", HTMLButtonElement);
  setAttribute(button, "aria-current", isCurrent ? "true" : undefined);
  const avatar = part(shown, ".avatar", HTMLElement);
  fillAvatar(avatar, face, title, item.record?.kind !== "direct", presence);
  setText(part(shown, ".conversation-name", HTMLElement), title);
  setText(part(shown, ".conversation-last", HTMLElement), last);
  const time = part(shown, ".conversation-time", HTMLTimeElement);
  setText(time, item.activeAt > 0 ? shortTimeOf(item.activeAt) : "");
  time.title = fullTimeOf(item.activeAt);
  const badge = part(shown, ".badge", HTMLElement);
  badge.hidden = item.unread === 0;
  setText(
    part(badge, "span", HTMLElement),
    item.unread > MOST_SHOWN ? `${MOST_SHOWN}+` : String(item.unread),
  );
}

/**
 * A letter on a colour; a rounded square for a group; a dot for presence.
 * @param {HTMLElement} avatar @param {string} id @param {string} title @param {boolean} isGroup
 * @param {PresenceStatus} [presence]
 */
export function fillAvatar(avatar, id, title, isGroup, presence) {
  setText(avatar, initialOf(title));
  avatar.style.setProperty("--hue", hueOf(id));
  avatar.dataset.shape = isGroup ? "group" : "person";
  setAttribute(avatar, "data-presence", presence);
}
