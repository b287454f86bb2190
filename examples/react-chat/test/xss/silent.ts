const composed = "puts others together, each of which is attacked";
const ours = "says our words and the person's own, which are nobody else's";
const asTitle = "shows of others the conversation's name, as the header does, and what is attacked by itself";

/** Components that show nothing of what others wrote that is not attacked elsewhere, and why. What is in neither list fails. */
export const silent: Readonly<Record<string, string>> = {
  "bar-plot": "draws numbers",
  broken: ours,
  chat: composed,
  "chat-foot": composed,
  "connection-banner": ours,
  "conversation-menu": ours,
  "covered-message": "hides a message, which is attacked uncovered",
  "day-dialog": ours,
  door: ours,
  "error-boundary": "shows what is in it, or `broken`",
  "figures-dialog": asTitle,
  "figures-plots": "draws numbers",
  "figures-span": ours,
  "hidden-message": ours,
  "jump-to-mention": ours,
  "jump-to-newest": ours,
  "later-menu": ours,
  menu: ours,
  "message-list": composed,
  "message-menu": ours,
  "message-row": composed,
  "moderation-dialog": asTitle,
  "new-conversation": ours,
  "new-poll": ours,
  "nothing-open": ours,
  "notification-prompt": ours,
  "notification-settings": ours,
  placeholder: ours,
  "quiet-hours-fields": ours,
  "reminder-toasts": "says what one has noted oneself, as text of a toast",
  shell: composed,
  sidebar: composed,
};
