/** The composer: writing, answering, editing. What stands in it belongs to the room, so that it waits there. */
import { byId, setText } from "./dom.js";
import { nameOf, textOf } from "./format.js";
import { showError } from "./errors.js";

/** @typedef {import("@tidings/core").Conversation} Conversation */
/** @typedef {import("@tidings/core/protocol").MessageRecord} MessageRecord */
/** @typedef {{ type: "answer" | "edit", message: MessageRecord }} About */

const form = byId("composer", HTMLFormElement);
const draft = byId("draft", HTMLTextAreaElement);
const aboutBox = byId("about", HTMLElement);

/** @type {Conversation | undefined} */
let room;
/** @type {About | undefined} */
let about;
/** @type {() => MessageRecord | undefined} */
let lastOwn = () => undefined;

/**
 * Writes to `next` from now on.
 * @param {Conversation} next @param {() => MessageRecord | undefined} lastOwnMessage for arrow-up
 */
export function composeIn(next, lastOwnMessage) {
  room?.typing.stop();
  room = next;
  lastOwn = lastOwnMessage;
  setAbout(undefined);
  setDraft(next.draft.get());
}

/** @param {MessageRecord} message */
export function answer(message) {
  setAbout({ type: "answer", message });
  draft.focus();
}

/** @param {MessageRecord} message */
export function edit(message) {
  setAbout({ type: "edit", message });
  setDraft(textOf(message));
  draft.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (room && draft.value.trim() !== "") void submit(room, draft.value, about);
});

/**
 * The composer is free at once. Text that may not be sent comes back to it (too long, for example); what happens to
 * a message later is shown on the message.
 * @param {Conversation} to @param {string} text @param {About | undefined} concerning
 */
async function submit(to, text, concerning) {
  setAbout(undefined);
  setDraft("");
  to.typing.stop();
  try {
    if (concerning?.type === "edit") await to.edit(concerning.message.id, text);
    else await to.send(text, concerning ? { replyTo: concerning.message.id } : {});
  } catch (error) {
    showError(error);
    if (room !== to || draft.value !== "") return;
    setAbout(concerning);
    setDraft(text);
  }
}

draft.addEventListener("input", () => {
  room?.draft.set(draft.value);
  if (draft.value === "") room?.typing.stop();
  else room?.typing.notify();
  fit();
});

draft.addEventListener("keydown", (event) => {
  // While a word is being composed (Japanese, Chinese …), Enter chooses it.
  if (event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Escape" && about) {
    leaveAbout();
  } else if (event.key === "ArrowUp" && draft.value === "") {
    const message = lastOwn();
    if (!message) return;
    event.preventDefault();
    edit(message);
  }
});

byId("about-cancel", HTMLButtonElement).addEventListener("click", leaveAbout);

function leaveAbout() {
  if (about?.type === "edit") setDraft("");
  setAbout(undefined);
  draft.focus();
}

/** @param {About | undefined} next */
function setAbout(next) {
  about = next;
  aboutBox.hidden = !next;
  if (!next) return;
  const title = next.type === "edit" ? "Edit message" : `Answer ${nameOf(next.message.authorId)}`;
  setText(byId("about-title", HTMLElement), title);
  setText(byId("about-quote", HTMLElement), textOf(next.message));
}

/** @param {string} text */
function setDraft(text) {
  draft.value = text;
  room?.draft.set(text);
  fit();
}

/** For browsers that do not know `field-sizing`. */
function fit() {
  if (CSS.supports("field-sizing", "content")) return;
  draft.style.height = "auto";
  draft.style.height = `${draft.scrollHeight}px`;
}
