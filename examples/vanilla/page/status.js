/** Lines that tell the truth: the connection, what waits, how fast one may send, who types. */
import { byId, part, setText, watch } from "./dom.js";
import { announce } from "./errors.js";
import { countOf, listOf, nameOf } from "./format.js";

/** @typedef {import("@tidings/core").Client} Client */
/** @typedef {import("@tidings/core").Conversation} Conversation */
/** @typedef {import("@tidings/core").ConnectionState} ConnectionState */

const SECOND_MS = 1_000;
const secondsUntil = (/** @type {number} */ atMs) => Math.max(1, Math.ceil((atMs - Date.now()) / SECOND_MS));

/** @param {Client} client */
export function showConnection(client) {
  const line = byId("connection", HTMLElement);
  const show = () => {
    const state = client.connection.get();
    line.dataset.state = state.name;
    setText(line, sentenceOf(state));
  };
  watch(client.connection, (state) => {
    show();
    const spoken = said[state.name];
    if (spoken) announce(spoken);
  });
  setInterval(show, SECOND_MS); // for the countdown to the next attempt
}

/** Spoken when it begins; a countdown read aloud each second would be of no use. @type {Partial<Record<string, string>>} */
const said = { online: "Connected", offline: "Offline", waiting: "No connection" };

/** @param {ConnectionState} state */
function sentenceOf({ name, retryAtMs, error }) {
  switch (name) {
    case "online":
      return "Connected";
    case "connecting":
      return "Connecting …";
    case "waiting":
      return `No connection, next try in ${secondsUntil(retryAtMs ?? 0)} s`;
    case "offline":
      return "Offline";
    case "blocked":
      return `${error?.userMessage} (${error?.code})`;
    case "idle":
    case "closed":
      return "Not connected";
  }
}

/** "3 messages waiting": they are safe, and go out as soon as there is a way. @param {Client} client */
export function showOutbox(client) {
  const line = byId("outbox", HTMLElement);
  let before = 0;
  const show = () => {
    const { waiting } = client.outbox.get();
    const { name } = client.connection.get();
    const isCut = name === "offline" || name === "waiting";
    const what =
      waiting > 0 ? `${countOf(waiting, "message")} waiting to be sent` : "what you write is sent later";
    line.hidden = !isCut && waiting < 2;
    setText(part(line, "span", HTMLElement), isCut ? `No connection: ${what}` : what);
    if (before > 0 && waiting === 0) announce("All messages are sent");
    before = waiting;
  };
  watch(client.outbox, show);
  watch(client.connection, show);
}

/** A countdown while nothing may be sent. @param {Conversation} room @returns {() => void} ends it */
export function showRate(room) {
  const line = byId("rate", HTMLElement);
  const show = () => {
    const { readyAtMs } = room.rate.get();
    line.hidden = readyAtMs === undefined;
    if (readyAtMs !== undefined) {
      const seconds = secondsUntil(readyAtMs);
      setText(part(line, "span", HTMLElement), `That was fast: the next message goes out in ${seconds} s`);
    }
  };
  const timer = setInterval(show, SECOND_MS / 4);
  const unwatch = watch(room.rate, show);
  return () => {
    clearInterval(timer);
    unwatch();
  };
}

/** @param {Conversation} room @returns {() => void} ends it */
export function showTyping(room) {
  const line = byId("typing", HTMLElement);
  return watch(room.typing, (userIds) => {
    const verb = userIds.length === 1 ? "is" : "are";
    setText(line, userIds.length === 0 ? "" : `${listOf(userIds.map(nameOf))} ${verb} typing`);
  });
}
