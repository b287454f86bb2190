/** What went wrong, for the person: a sentence, and the code that the documentation explains. */
import { byId, element, fromTemplate, part, setText } from "./dom.js";

const STAYS_MS = 8_000;
const toasts = byId("toasts", HTMLElement);

/** The sentence and the code as nodes, to be put anywhere. @param {unknown} error @returns {(Node | string)[]} */
export function describeError(error) {
  if (!(error instanceof Tidings.MessagingError)) return [String(error)];
  return [`${error.userMessage} `, element("code", {}, error.code)];
}

/** Shows an error for a while. @param {unknown} error */
export function showError(error) {
  const toast = fromTemplate("toast-template");
  part(toast, "p", HTMLElement).append(...describeError(error));
  const remove = () => toast.remove();
  part(toast, "button", HTMLButtonElement).addEventListener("click", remove);
  toasts.append(toast);
  setTimeout(remove, STAYS_MS);
}

/** Runs what a button asks for; a failure is shown. @param {() => Promise<unknown>} work */
export function attempt(work) {
  work().catch(showError);
}

/** Says something to those who do not see the page, when they have a moment. @param {string} text */
export function announce(text) {
  setText(byId("announcer", HTMLElement), text);
}
