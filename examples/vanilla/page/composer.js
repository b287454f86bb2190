/** The composer: writing, replying, editing. What is being written belongs to the room, so that it waits there. */
import { byId, setText } from "./dom.js";
import { showError } from "./errors.js";
import { nameOf, textOf } from "./format.js";

/** @typedef {import("@tidings/core").Conversation} Conversation */
/** @typedef {import("@tidings/core/protocol").MessageRecord} MessageRecord */
/** @typedef {{ type: "reply" | "edit", message: MessageRecord }} About what the text concerns, if anything */

const form = byId("composer", HTMLFormElement);
const input = byId("draft", HTMLTextAreaElement);
const aboutBox = byId("about", HTMLElement);

/** @type {Conversation | undefined} */
let room;
/** @type {About | undefined} */
let about;
/** @type {() => MessageRecord | undefined} */
let lastOwn = () => undefined;
let onSending = () => {};

/**
 * Writes to `next` from now on.
 * @param {Conversation} next
 * @param {{ lastOwnMessage: () => MessageRecord | undefined, onSending: () => void }} log arrow-up edits the one; the
 *   other is called when a message has been put into the timeline
 */
export function composeIn(next, log) {
  room?.typing.stop();
  room = next;
  lastOwn = log.lastOwnMessage;
  onSending = log.onSending;
  write(undefined, next.draft.get());
}

/** @param {MessageRecord} message */
export function reply(message) {
  write({ type: "reply", message }, room?.draft.get() ?? "");
  input.focus();
}

/** What was being written comes back when the edit is done. @param {MessageRecord} message */
export function edit(message) {
  write({ type: "edit", message }, textOf(message));
  input.focus();
}

function leave() {
  write(undefined, room?.draft.get() ?? "");
  input.focus();
}

/**
 * The composer is free at once. Text that may not be sent comes back to it (too long, for example); what happens to
 * a message later is shown on the message.
 * @param {Conversation} to @param {string} text @param {About | undefined} concerning
 */
async function submit(to, text, concerning) {
  const isEdit = concerning?.type === "edit";
  if (!isEdit) to.draft.set("");
  write(undefined, to.draft.get());
  to.typing.stop();
  try {
    const options = concerning ? { replyTo: concerning.message.id } : {};
    const done = isEdit ? to.edit(concerning.message.id, text) : to.send(text, options);
    if (!isEdit) onSending();
    await done;
  } catch (error) {
    showError(error);
    if (room !== to || about || input.value !== to.draft.get()) return;
    if (!isEdit) to.draft.set(text);
    write(concerning, text);
  }
}

/** @param {About | undefined} next @param {string} text */
function write(next, text) {
  about = next;
  input.value = text;
  fit();
  aboutBox.hidden = !next;
  if (!next) return;
  const title = next.type === "edit" ? "Edit message" : `Reply to ${nameOf(next.message.authorId)}`;
  setText(byId("about-title", HTMLElement), title);
  setText(byId("about-quote", HTMLElement), textOf(next.message));
}

/** For browsers that do not know `field-sizing`. */
function fit() {
  if (CSS.supports("field-sizing", "content")) return;
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight}px`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (room && input.value.trim() !== "") void submit(room, input.value, about);
});

input.addEventListener("input", () => {
  if (about?.type !== "edit") room?.draft.set(input.value);
  if (input.value === "") room?.typing.stop();
  else room?.typing.notify();
  fit();
});

input.addEventListener("keydown", (event) => {
  // While a word is being composed (Japanese, Chinese …), Enter chooses it.
  if (event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Escape" && about) {
    leave();
  } else if (event.key === "ArrowUp" && input.value === "") {
    const message = lastOwn();
    if (!message) return;
    event.preventDefault();
    edit(message);
  }
});

byId("about-cancel", HTMLButtonElement).addEventListener("click", leave);
