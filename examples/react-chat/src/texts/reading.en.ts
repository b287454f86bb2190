/** Of people one does not want to hear, of what was changed or covered, and of what is kept. */
export const reading = {
  block: (name: string) => `Block ${name}`,
  unblock: (name: string) => `Unblock ${name}`,
  blocked: "blocked",
  youBlocked: (name: string) => `You have blocked ${name}: neither of you can write to the other here.`,
  ofBlocked: "A message from somebody you have blocked",
  showBlocked: "Show",
  coverBlocked: "Cover again",

  mentions: (many: number) => (many === 1 ? "1 mentions you" : `${many} mention you`),
  jumpToMention: (many: number) =>
    many === 1 ? "1 unread mention of you: go to it" : `${many} unread mentions of you: go to the first`,
  linkPreviews: "Link previews",
  linkPreviewsHint:
    "The server asks the page for its title and picture. The page does not learn who reads it.",

  reminded: (text: string | undefined) =>
    text === undefined ? "You wanted to be reminded of a message." : `You wanted to be reminded: ${text}`,
  remindersDue: (many: number) => (many === 1 ? "1 reminder is due" : `${many} reminders are due`),

  moderated: "Parts of this were covered before anybody saw it",
  removedByModerator: "This message was removed by a moderator.",

  editHistory: "Edit history",
  editedShow: "edited, show earlier versions",
  versionNow: (time: string) => `Now, since ${time}`,
  versionFrom: (time: string) => `From ${time}`,
  versionBy: (name: string) => `changed by ${name}`,

  day: "Day",
  go: "Go",
  goToDay: "Go to a day",
  whoReacted: "Who reacted",
  whoVoted: "Who voted for what",
  nobody: "Nobody yet.",
  morePeople: "Show more",
  pinsLoaded: "Only those on this device:",
  planOther: "Another time",
  planAgain: "Plan again",
  repliesBy: (names: string) => `by ${names}`,
  newReplies: (many: number) => `${many} new`,
  searchFiles: "With files",
  searchBy: "Said by",
  searchAnybody: "Anybody",
  searchFrom: "From",
  searchTo: "To",
  searchNeedsMore: "Add a word, a person, or what it has: days alone are what you find by scrolling.",

  retention: "Messages are kept",
  keepAge: "For how long",
  keepForEver: "For ever",
  keepMany: "At most this many, the newest",
  keepManyHint: "No limit",
  retentionWarning: "What is no longer kept is deleted for good, for everybody.",
  keptFor: (time: string) => `For ${time}.`,
  keptMany: (many: string) => `The newest ${many}.`,
  keptAlways: "For ever.",
  notKeptBefore: "What was said before is not kept here.",
};
