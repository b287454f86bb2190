import type { reading as english } from "./reading.en.ts";

export const reading: typeof english = {
  block: (name) => `${name} blockieren`,
  unblock: (name) => `${name} nicht mehr blockieren`,
  blocked: "blockiert",
  youBlocked: (name) => `Du hast ${name} blockiert: Hier kann keiner von euch dem anderen schreiben.`,
  ofBlocked: "Eine Nachricht von jemandem, den du blockiert hast",
  showBlocked: "Zeigen",
  coverBlocked: "Wieder verdecken",

  mentions: (many) => (many === 1 ? "1 erwähnt dich" : `${many} erwähnen dich`),
  jumpToMention: (many) =>
    many === 1
      ? "Du wirst ungelesen einmal erwähnt: dorthin"
      : `Du wirst ungelesen ${many}-mal erwähnt: zur ersten Stelle`,
  linkPreviews: "Vorschau von Links",
  linkPreviewsHint: "Der Server fragt die Seite nach Titel und Bild. Die Seite erfährt nicht, wer sie liest.",

  reminded: (text) =>
    text === undefined
      ? "Du wolltest an eine Nachricht erinnert werden."
      : `Du wolltest erinnert werden: ${text}`,
  remindersDue: (many) => (many === 1 ? "1 Erinnerung ist fällig" : `${many} Erinnerungen sind fällig`),

  moderated: "Teile davon wurden verdeckt, bevor jemand sie sah",
  removedByModerator: "Diese Nachricht wurde von der Moderation entfernt.",

  editHistory: "Frühere Fassungen",
  editedShow: "bearbeitet, frühere Fassungen zeigen",
  versionNow: (time) => `Jetzt, seit ${time}`,
  versionFrom: (time) => `Von ${time}`,
  versionBy: (name) => `geändert von ${name}`,

  day: "Tag",
  go: "Hin",
  goToDay: "Zu einem Tag",
  whoReacted: "Wer reagiert hat",
  whoVoted: "Wer wofür gestimmt hat",
  nobody: "Noch niemand.",
  morePeople: "Mehr zeigen",
  pinsLoaded: "Nur die auf diesem Gerät:",
  planOther: "Andere Zeit",
  planAgain: "Noch einmal planen",
  repliesBy: (names) => `von ${names}`,
  newReplies: (many) => `${many} neu`,
  searchFiles: "Mit Dateien",
  searchBy: "Von wem",
  searchAnybody: "Von allen",
  searchFrom: "Von",
  searchTo: "Bis",
  searchNeedsMore: "Nimm ein Wort, eine Person oder Inhalte dazu: Tage allein findest du beim Blättern.",

  retention: "Nachrichten werden aufbewahrt",
  keepAge: "Wie lange",
  keepForEver: "Für immer",
  keepMany: "Höchstens so viele, die neuesten",
  keepManyHint: "Unbegrenzt",
  retentionWarning: "Was nicht mehr aufbewahrt wird, ist endgültig gelöscht, für alle.",
  keptFor: (time) => `${time} lang.`,
  keptMany: (many) => `Die neuesten ${many}.`,
  keptAlways: "Für immer.",
  notKeptBefore: "Was davor gesagt wurde, wird hier nicht aufbewahrt.",
};
