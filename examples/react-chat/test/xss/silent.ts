const composed = "puts others together, each of which is attacked";
const ours = "says our words and the person's own, which are nobody else's";

/** Components that show nothing of what others wrote that is not attacked elsewhere, and why. What is in neither list fails. */
export const silent: Readonly<Record<string, string>> = {
  broken: ours,
  chat: composed,
  "chat-foot": composed,
  "connection-banner": ours,
  "conversation-menu": ours,
  "covered-message": "hides a message, which is attacked uncovered",
  "day-dialog": ours,
  door: ours,
  "error-boundary": "shows what is in it, or `broken`",
  "error-note": ours,
  "hidden-message": ours,
  "jump-to-mention": ours,
  "jump-to-newest": ours,
  "later-menu": ours,
  "message-list": composed,
  "message-row": composed,
  "new-poll": ours,
  "nothing-open": ours,
  "notification-prompt":
    "gives words of others to the browser alone, for notifications, which take text and nothing else",
  "notification-settings": ours,
  placeholder: ours,
  "quiet-hours-fields": ours,
  shell: composed,
  sidebar: composed,
};
