/** The open conversation: its head, its log, its lines, its composer. One at a time. */
import { byId, setText } from "./dom.js";
import { composeIn } from "./composer.js";
import { fillAvatar } from "./conversation-list.js";
import { attempt } from "./errors.js";
import { capital, listOf, nameOf } from "./format.js";
import { lastOwnMessage, showLog } from "./log.js";
import { faceOf, othersIn, presenceOf, titleOf } from "./people.js";
import { showRate, showTyping } from "./status.js";

/** @typedef {import("@tidings/core").Client} Client */

/** @type {(() => void)[]} */
let endings = [];

/** @param {Client} client @param {string} conversationId */
export function showRoom(client, conversationId) {
  for (const end of endings) end();
  const room = client.conversation(conversationId);
  const head = () => showHead(client, conversationId);
  const log = showLog(client, room);
  composeIn(room, { lastOwnMessage: () => lastOwnMessage(room), onSending: log.goToNewest });
  endings = [
    log.end,
    showTyping(room),
    showRate(room),
    room.record.subscribe(head),
    room.members.subscribe(head),
    client.presence.subscribe(head),
  ];
  head();
  attempt(() => room.members.load());
}

/** @param {Client} client @param {string} conversationId */
function showHead(client, conversationId) {
  const item = client.conversations.get().find((each) => each.conversationId === conversationId);
  if (!item) return;
  const title = titleOf(client, item);
  const presence = presenceOf(client, item);
  setText(byId("room-name", HTMLElement), title);
  const face = faceOf(client, item);
  fillAvatar(byId("room-avatar", HTMLElement), face, title, presence === undefined, presence);
  setText(byId("room-people", HTMLElement), presence ? capital(presence) : groupLine(client, conversationId));
  document.title = `${title} · Tidings`;
}

/** "Grace, Alan and you · 2 online" @param {Client} client @param {string} conversationId */
function groupLine(client, conversationId) {
  const others = othersIn(client, conversationId);
  const online = others.filter((userId) => client.presence.get().get(userId) === "online");
  const names = listOf([...others.map(nameOf), "you"]);
  return online.length === 0 ? names : `${names} · ${listOf(online.map(nameOf))} online`;
}
