import type { CommandType, QueryType } from "@tidings/core/protocol";

/** Where a command or a query of the wire is found. What stands after a colon is a field of it. */
export interface Route {
  readonly method: "DELETE" | "GET" | "PATCH" | "POST" | "PUT";
  readonly path: string;
  readonly summary: string;
}

const conversations = "/v1/conversations";
const conversation = `${conversations}/:conversationId`;
const participants = `${conversation}/participants`;
const participant = `${participants}/:userId`;
const messages = `${conversation}/messages`;
const message = `${messages}/:messageId`;
const files = `${conversation}/files`;
const file = `${files}/:fileId`;
const notes = `${conversation}/notes`;
const reaction = `${message}/reactions/:emoji`;

/** Every command there is: a new one does not compile without a route. */
export const commandRoutes: { readonly [Type in CommandType]: Route } = {
  "conversation.create": { method: "POST", path: conversations, summary: "Begin a conversation" },
  "conversation.update": {
    method: "PATCH",
    path: conversation,
    summary: "Change name, description, settings",
  },
  "conversation.status": {
    method: "PUT",
    path: `${conversation}/status`,
    summary: "Archive, mute, delete or bring back",
  },
  "conversation.prune": {
    ...{ method: "POST", path: `${conversation}/prune` },
    summary: "Say that older messages are not kept",
  },
  "participant.add": { method: "POST", path: participants, summary: "Add a participant" },
  "participant.remove": { method: "DELETE", path: participant, summary: "Remove a participant" },
  "participant.join": {
    method: "POST",
    path: `${conversation}/join`,
    summary: "Join a community or a space",
  },
  "participant.leave": { method: "POST", path: `${conversation}/leave`, summary: "Leave" },
  "participant.notify": {
    method: "PUT",
    path: `${conversation}/notify`,
    summary: "Choose one's own notifications",
  },
  "participant.role": { method: "PUT", path: `${participant}/role`, summary: "Give a role" },
  "participant.permissions": {
    ...{ method: "PUT", path: `${participant}/permissions` },
    summary: "Narrow what a participant may do",
  },
  "participant.ban": { method: "PUT", path: `${participant}/ban`, summary: "Ban a participant" },
  "participant.unban": { method: "DELETE", path: `${participant}/ban`, summary: "Lift a ban" },
  "participant.mute": { method: "PUT", path: `${participant}/mute`, summary: "Mute a participant" },
  "participant.unmute": { method: "DELETE", path: `${participant}/mute`, summary: "Lift a mute" },
  "message.send": { method: "POST", path: messages, summary: "Send a message" },
  "message.edit": { method: "PATCH", path: message, summary: "Edit a message" },
  "message.delete": { method: "DELETE", path: message, summary: "Delete a message" },
  "message.pin": { method: "PUT", path: `${message}/pin`, summary: "Pin a message" },
  "message.unpin": { method: "DELETE", path: `${message}/pin`, summary: "Unpin a message" },
  "message.react": { method: "PUT", path: reaction, summary: "React with an emoji" },
  "message.unreact": { method: "DELETE", path: reaction, summary: "Take a reaction back" },
  "poll.vote": { method: "PUT", path: `${message}/vote`, summary: "Vote in a poll, or take the vote back" },
  "poll.close": { method: "POST", path: `${message}/close`, summary: "End a poll" },
  "note.set": { method: "PUT", path: notes, summary: "Keep something for oneself" },
  "note.clear": { method: "POST", path: `${notes}/clear`, summary: "Let it go again" },
  "receipt.mark": { method: "PUT", path: `${conversation}/receipt`, summary: "Move one's own watermarks up" },
};

/** Every query there is. */
export const queryRoutes: { readonly [Type in QueryType]: Route } = {
  conversations: { method: "GET", path: conversations, summary: "List the conversations one is in" },
  conversation: { method: "GET", path: conversation, summary: "Read one conversation" },
  participants: { method: "GET", path: participants, summary: "List participants" },
  history: { method: "GET", path: messages, summary: "Read a page of messages" },
  changes: { method: "GET", path: `${conversation}/changes`, summary: "Read what changed after a revision" },
  versions: { method: "GET", path: `${message}/versions`, summary: "Read the earlier texts of a message" },
  reactors: { method: "GET", path: reaction, summary: "List who reacted with an emoji" },
  voters: { method: "GET", path: `${message}/voters`, summary: "List who chose an option of a poll" },
  receipts: { method: "GET", path: `${conversation}/receipts`, summary: "List watermarks" },
  search: { method: "GET", path: "/v1/search", summary: "Search messages" },
  messages: { method: "GET", path: `${conversation}/messages-by-id`, summary: "Read messages by their ids" },
  thread: { method: "GET", path: `${conversation}/threads/:threadId`, summary: "Read a page of a thread" },
  pins: { method: "GET", path: `${conversation}/pins`, summary: "List pinned messages" },
  "file.upload": { method: "POST", path: files, summary: "Ask where to put a file" },
  "file.complete": { method: "POST", path: `${file}/complete`, summary: "Say that all of a file was put" },
  "file.state": { method: "GET", path: file, summary: "Read how far one's own file has got" },
  "file.cancel": { method: "DELETE", path: file, summary: "Give a file up that no message shows" },
  "file.download": { method: "GET", path: `${file}/download`, summary: "Ask where a file can be read" },
  preview: {
    method: "GET",
    path: `${message}/preview`,
    summary: "Read what a linked page says of itself",
  },
  notes: { method: "GET", path: notes, summary: "List what stands in one's own notebook" },
};

/** What has no counterpart on the wire. */
export const otherRoutes: {
  readonly [
    Name in
      | "export"
      | "erase"
      | "eraseConversation"
      | "exportUser"
      | "archive"
      | "issueToken"
      | "audit"
      | "cases"
      | "case"
      | "decideCase"
      | "figures"
      | "pushKey"
      | "devices"
      | "putDevice"
      | "removeDevice"
  ]: Route;
} = {
  export: { method: "GET", path: `${conversation}/export`, summary: "Export a conversation" },
  figures: { method: "GET", path: `${conversation}/figures`, summary: "Read a conversation in figures" },
  eraseConversation: { method: "DELETE", path: conversation, summary: "Erase a conversation" },
  erase: { method: "DELETE", path: "/v1/users/:userId", summary: "Erase a user" },
  exportUser: { method: "GET", path: "/v1/users/:userId/export", summary: "Export what is kept of a user" },
  archive: { method: "GET", path: "/v1/export", summary: "Export all there is, or all of a conversation" },
  issueToken: { method: "POST", path: "/v1/users/:userId/tokens", summary: "Issue a token, for tests" },
  audit: { method: "GET", path: "/v1/audit", summary: "Read who did what to others" },
  cases: { method: "GET", path: "/v1/moderation/cases", summary: "List what moderators are to look at" },
  case: { method: "GET", path: "/v1/moderation/cases/:caseId", summary: "Read one case" },
  decideCase: {
    ...{ method: "PUT", path: "/v1/moderation/cases/:caseId/decision" },
    summary: "Approve, remove, or ban who wrote it",
  },
  pushKey: {
    method: "GET",
    path: "/v1/push",
    summary: "Read the key with which browsers subscribe to pushes",
  },
  devices: {
    method: "GET",
    path: "/v1/push/devices",
    summary: "List one's own devices that can be pushed to",
  },
  putDevice: { method: "PUT", path: "/v1/push/devices/:deviceId", summary: "Have a device pushed to" },
  removeDevice: {
    ...{ method: "DELETE", path: "/v1/push/devices/:deviceId" },
    summary: "Have a device pushed to no more",
  },
};

/** Fields of a command or a query that its path holds. */
export function pathFields({ path }: Route): readonly string[] {
  return [...path.matchAll(/:(\w+)/gu)].flatMap(([, name]) => name ?? []);
}
