/** Begins a conversation: a name and some people. */
import { byId, element } from "./dom.js";
import { attempt } from "./errors.js";
import { nameOf } from "./format.js";

/** @typedef {import("@tidings/core").Client} Client */

const dialog = byId("new-dialog", HTMLDialogElement);
const name = byId("new-name", HTMLInputElement);
const others = byId("new-others", HTMLInputElement);
const people = byId("new-people", HTMLElement);

/**
 * @param {Client} client
 * @param {() => readonly string[]} knownPeople those to choose from, oneself excluded
 * @param {(conversationId: string) => void} onCreated
 */
export function offerNewConversation(client, knownPeople, onCreated) {
  byId("new-conversation", HTMLButtonElement).addEventListener("click", () => {
    people.replaceChildren(...knownPeople().map(choiceOf));
    dialog.returnValue = "";
    dialog.showModal();
  });

  byId("new-cancel", HTMLButtonElement).addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "create") return;
    const participants = chosen().map((userId) => ({ userId }));
    attempt(async () => {
      const room = await client.createConversation({ kind: "group", name: name.value.trim(), participants });
      name.value = others.value = "";
      onCreated(room.id);
    });
  });
}

/** @param {string} userId */
function choiceOf(userId) {
  return element(
    "label",
    { class: "person" },
    element("input", { type: "checkbox", value: userId }),
    nameOf(userId),
  );
}

/** Each id once. @returns {string[]} */
function chosen() {
  const ticked = [...people.querySelectorAll("input")].filter((box) => box.checked).map((box) => box.value);
  const typed = others.value.split(",").map((userId) => userId.trim());
  return [...new Set([...ticked, ...typed])].filter((userId) => userId !== "");
}
