/** The menu of one message: quick reactions, reply, copy, edit, delete. */
import { byId, element, moveWithArrows, part } from "./dom.js";
import { attempt } from "./errors.js";
import { edit, reply } from "./composer.js";
import { textOf } from "./format.js";

/** @typedef {import("@tidings/core").Conversation} Conversation */
/** @typedef {import("@tidings/core").MessageItem} MessageItem */
/** @typedef {import("@tidings/core/protocol").MessageRecord} MessageRecord */

const EMOJIS = ["👍", "❤️", "😂", "🎉", "😮", "🙏"];

const menu = byId("menu", HTMLElement);
const emojiRow = part(menu, ".menu-emojis", HTMLElement);
/** @type {{ room: Conversation, message: MessageRecord, me: string } | undefined} */
let open;

for (const emoji of EMOJIS) {
  const button = element(
    "button",
    { type: "button", role: "menuitemcheckbox", "aria-label": `React with ${emoji}` },
    emoji,
  );
  button.addEventListener("click", () => {
    if (open) toggleReaction(open.room, open.message, emoji, open.me);
    menu.hidePopover();
  });
  emojiRow.append(button);
}

/**
 * @param {Conversation} room @param {MessageItem} item @param {string} me
 * @param {HTMLElement} opener gets the focus back
 */
export function openMenu(room, { message, own }, me, opener) {
  open = { room, message, me };
  for (const button of menu.querySelectorAll("button")) {
    const { action } = button.dataset;
    button.hidden = !own && (action === "edit" || action === "delete");
    if (!action)
      button.setAttribute("aria-checked", String(hasReacted(message, button.textContent ?? "", me)));
  }
  menu.showPopover();
  place((opener.querySelector(".bubble") ?? opener).getBoundingClientRect());
  emojiButtons()[0]?.focus();
}

/**
 * Adds one's reaction, or takes it back.
 * @param {Conversation} room @param {MessageRecord} message @param {string} emoji @param {string} me
 */
export function toggleReaction(room, message, emoji, me) {
  const isOn = hasReacted(message, emoji, me);
  attempt(() => (isOn ? room.unreact(message.id, emoji) : room.react(message.id, emoji)));
}

/** @param {MessageRecord} message @param {string} emoji @param {string} me */
function hasReacted({ reactions }, emoji, me) {
  return reactions.some((reaction) => reaction.emoji === emoji && reaction.userIds.includes(me));
}

menu.addEventListener("click", ({ target }) => {
  const action = target instanceof Element && target.closest("[data-action]")?.getAttribute("data-action");
  if (!open || !action) return;
  const { room, message } = open;
  menu.hidePopover();
  if (action === "reply") reply(message);
  if (action === "edit") edit(message);
  if (action === "delete") attempt(() => room.delete(message.id));
  if (action === "copy") attempt(() => navigator.clipboard.writeText(textOf(message)));
});

// Sideways through the emojis, up and down past them.
moveWithArrows(emojiRow, emojiButtons, { next: "ArrowRight", previous: "ArrowLeft" });
moveWithArrows(menu, rows, { next: "ArrowDown", previous: "ArrowUp" });

function emojiButtons() {
  return [...emojiRow.querySelectorAll("button")];
}

function rows() {
  const emojis = emojiButtons();
  const actions = [...menu.querySelectorAll("button")].filter((each) => each.dataset.action && !each.hidden);
  const [first] = emojis;
  const current = emojis.find((each) => each === document.activeElement) ?? first;
  return current ? [current, ...actions] : actions;
}

/** Beside what opened it, inside the window. @param {DOMRect} near */
function place(near) {
  const { width, height } = menu.getBoundingClientRect();
  const edge = 8;
  const left = Math.min(Math.max(edge, near.left), innerWidth - width - edge);
  const below = near.bottom + 4;
  const top = below + height + edge < innerHeight ? below : Math.max(edge, near.top - height - 4);
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}
