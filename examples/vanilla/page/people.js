/** Who is who: the title and presence of a conversation, as its reader knows it. */
import { attempt } from "./errors.js";
import { nameOf } from "./format.js";

/** @typedef {import("@tidings/core").Client} Client */
/** @typedef {import("@tidings/core").ConversationItem} ConversationItem */

/** @type {Set<string>} */
const asked = new Set();

/**
 * The others in a conversation, as far as they are loaded.
 * @param {Client} client @param {string} conversationId @returns {string[]}
 */
export function othersIn(client, conversationId) {
  const members = client.conversation(conversationId).members.get();
  return members.map(({ userId }) => userId).filter((userId) => userId !== client.userId.get());
}

/**
 * Loads who the other is wherever that is the title: the list itself does not say.
 * @param {Client} client @param {readonly ConversationItem[]} items @param {() => void} onLoaded
 */
export function loadDirects(client, items, onLoaded) {
  for (const { conversationId, record } of items) {
    if (record?.kind !== "direct" || asked.has(conversationId)) continue;
    asked.add(conversationId);
    attempt(() => client.conversation(conversationId).members.load().then(onLoaded));
  }
}

/** A group has a name; a direct conversation that of the other person. @param {Client} client @param {ConversationItem} item */
export function titleOf(client, { conversationId, record }) {
  if (record?.name !== undefined) return record.name;
  if (record?.kind !== "direct") return conversationId;
  return othersIn(client, conversationId).map(nameOf).join(", ") || "Direct conversation";
}

/** Whose colour it has: the other's in a direct conversation. @param {Client} client @param {ConversationItem} item */
export function faceOf(client, { conversationId, record }) {
  const [other] = record?.kind === "direct" ? othersIn(client, conversationId) : [];
  return other ?? conversationId;
}

/** In a direct conversation, that of the other person. @param {Client} client @param {ConversationItem} item */
export function presenceOf(client, { conversationId, record }) {
  if (record?.kind !== "direct") return undefined;
  const [other = ""] = othersIn(client, conversationId);
  return client.presence.get().get(other) ?? "offline";
}
