import { errorTexts } from "@tidings/core/errors/texts";
import { en as words } from "@tidings/core/errors/texts/en";
import type { PresenceStatus, Role } from "@tidings/core/protocol";

const count = (many: number, one: string, more = `${one}s`): string => `${many} ${many === 1 ? one : more}`;

const roles: Readonly<Record<Role, string>> = {
  owner: "Owner",
  admin: "Admin",
  moderator: "Moderator",
  member: "Member",
};

const presences: Readonly<Record<PresenceStatus, string>> = {
  online: "online",
  away: "away",
  offline: "offline",
};

const { errorOf, issueOf } = errorTexts(words);

/** Every text of the app, in English. Another language is another object of this type. */
export const en = {
  /** What went wrong, for the person at the screen. */
  errorOf,
  /** What is wrong with a message being written, and what would put it right. */
  issueOf,
  /** What helps, by the kind of error; who one is comes from a link here. */
  remedies: { ...words.remedies, auth: "Open the link you were given again." },
  roles,
  presences,
  close: "Close",
  cancel: "Cancel",
  tryAgain: "Try again",
  discard: "Discard",
  language: "Language",
  you: "You",
  youSay: (text: string) => `You: ${text}`,
  saysText: (name: string, text: string) => `${name}: ${text}`,

  broken: "Something on this page is broken",
  reload: "Reload the page",

  door: "Who are you?",
  doorHint: "Open one of the links that npm run demo has printed: each is one person.",

  conversations: "Conversations",
  noConversations: "No conversations yet",
  noConversationsHint: "Begin one: the plus sign is beside your name.",
  newConversation: "New conversation",
  conversationName: "Name",
  people: "People",
  otherPeople: "Someone else",
  otherPeopleHint: "User ids, separated by commas",
  create: "Create",
  unread: (many: number) => `${many} unread`,
  goOffline: "Go offline",
  goOfflineHint: "Pulls the cable: what you write waits, and goes out when you are back.",
  chooseConversation: "Choose a conversation",
  chooseHint: "Or begin a new one.",
  back: "Back to the conversations",

  online: "Connected",
  connecting: "Connecting …",
  offline: "Offline",
  idle: "Not connected",
  waitingToConnect: (seconds: number) =>
    seconds > 0 ? `Connecting again in ${seconds} s` : "Connecting again …",
  connectNow: "Now",
  outboxWaiting: (many: number) => `${count(many, "message")} waiting to be sent`,
  outboxFailed: (many: number) => `${count(many, "message")} not sent`,

  members: (many: number) => count(many, "person", "people"),
  search: "Search",
  searchHint: "Words in these messages",
  noResults: "Nothing found in the messages loaded here.",
  results: (many: number) => count(many, "result"),
  searchOlder: "Look further back",
  settings: "Conversation settings",
  thread: "Thread",
  replies: (many: number) => count(many, "reply", "replies"),
  inThread: "in a thread",
  noReplies: "No replies yet.",

  messages: "Messages",
  loading: "Loading …",
  loadingOlder: "Loading older messages …",
  olderFailed: "Older messages could not be loaded.",
  nothingSaid: "Nothing has been said here yet",
  nothingSaidHint: "Say hello: the first message is the hardest.",
  beginning: "This is where it begins.",
  absent: "You are not in this conversation",
  absentHint: "Ask somebody in it to add you.",
  newMessages: "New messages",
  hole: (many: number) => `${count(many, "message")} not loaded yet`,
  jumpToNewest: "Go to the newest message",
  newBelow: (many: number) => `${many} new`,
  notLoaded: "This message is not here any more.",
  deleted: "This message was deleted.",
  sealed: "An encrypted message",
  picture: "A picture",
  edited: "edited",
  pinned: "pinned",
  status: {
    queued: "waiting",
    sending: "being sent",
    sent: "sent",
    delivered: "delivered",
    read: "read",
    failed: "not sent",
    cancelled: "cancelled",
  },
  readBy: (names: string) => `Read by ${names}`,
  actions: "React, reply, edit …",
  messageActions: "Message actions",
  react: "React",
  reactions: "Reactions",
  reactedWith: (emoji: string, many: number, names: string) => `${emoji} ${many}: ${names}`,
  reply: "Reply",
  replyInThread: "Reply in a thread",
  copy: "Copy text",
  edit: "Edit",
  remove: "Delete",
  pin: "Pin",
  unpin: "Unpin",
  goToMessage: "Go to the message",

  write: "Write a message",
  writeToThread: "Reply in this thread",
  message: "Message",
  send: "Send",
  writeHelp: "Enter sends, Shift and Enter begins a line, arrow up edits your last message, @ mentions.",
  replyingTo: (name: string) => `Reply to ${name}`,
  editing: "Edit the message",
  suggestions: "People to mention",
  nextIn: (seconds: number) => `That was quick: the next message goes out in ${seconds} s`,
  typing: (names: string, many: number) => `${names} ${many === 1 ? "is" : "are"} typing`,

  name: "Name",
  description: "Topic",
  save: "Save",
  notifyMe: "Notify me",
  notify: { all: "Of every message", mentions: "When I am mentioned", none: "Never" },
  addPerson: "Add a person",
  addHint: "User id",
  add: "Add",
  role: "Role",
  roleOf: (name: string) => `Role of ${name}`,
  removePerson: (name: string) => `Remove ${name}`,
  leave: "Leave the conversation",
  notificationsAsk: "Get notified of new messages while you are elsewhere?",
  notificationsYes: "Turn on",
  notificationsNo: "Not now",
};

export type Texts = typeof en;
