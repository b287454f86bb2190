/** What a person does to messages: click, tap, right-click, keys. One listener for all of them. */
import { moveWithArrows } from "./dom.js";
import { reply } from "./composer.js";
import { attempt } from "./errors.js";
import { openMenu, toggleReaction } from "./menu.js";

/** @typedef {import("@tidings/core").MessageItem} MessageItem */
/**
 * @typedef {object} OpenLog
 * @property {import("@tidings/core").Client} client
 * @property {import("@tidings/core").Conversation} room
 * @property {(messageId: string) => MessageItem | undefined} itemOf
 * @property {(messageId: string) => Promise<void>} goTo
 */

/** @param {HTMLElement} log @param {OpenLog} open @param {AbortSignal} signal */
export function listenToLog(log, { client, room, itemOf, goTo }, signal) {
  const me = () => client.userId.get() ?? "";

  /** @param {EventTarget | null} target @returns {HTMLElement | null} */
  const rowOf = (target) => (target instanceof Element ? target.closest(".message") : null);

  /** @param {Event} event @param {HTMLElement} opener */
  function showMenu(event, opener) {
    const item = itemOf(rowOf(opener)?.dataset.id ?? "");
    if (!item || item.message.seq === 0 || item.message.deletedAt !== undefined) return;
    event.preventDefault();
    openMenu(room, item, me(), opener);
  }

  /** By the `data-do` of the button. @type {Record<string, (item: MessageItem, event: Event, button: HTMLElement) => void>} */
  const actions = {
    menu: (_item, event, button) => showMenu(event, button),
    reply: (item) => reply(item.message),
    retry: (item) => attempt(async () => client.outbox.retry(item.key)),
    discard: (item) => client.outbox.cancel(item.key),
  };

  /** @param {MouseEvent} event */
  function onClick(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    const hole = /** @type {HTMLElement | null} */ (button.closest(".hole"));
    if (hole) return attempt(() => room.timeline.loadAround(Number(hole.dataset.seq)));
    const item = itemOf(rowOf(button)?.dataset.id ?? "");
    if (!item) return;
    const { emoji, to } = button.dataset;
    if (emoji) toggleReaction(room, item.message, emoji, me());
    if (to) attempt(() => goTo(to));
    actions[button.dataset.do ?? ""]?.(item, event, button);
  }

  log.addEventListener("click", onClick, { signal });
  log.addEventListener("contextmenu", (event) => openAt(event), { signal });
  log.addEventListener("keydown", (event) => event.key === "Enter" && openAt(event), { signal });

  /** On the message itself, not on a link or button in it. @param {Event} event */
  function openAt(event) {
    const row = rowOf(event.target);
    const isInside = event.target instanceof Element && event.target.closest("a, button") !== null;
    if (row && !isInside) showMenu(event, row);
  }
}

/** Arrow keys go from message to message; from the log itself up to the newest. @param {HTMLElement} log */
export function moveThroughMessages(log) {
  const messages = () => /** @type {HTMLElement[]} */ ([...log.querySelectorAll(".message")]);
  moveWithArrows(log, messages, { next: "ArrowDown", previous: "ArrowUp" });
}
