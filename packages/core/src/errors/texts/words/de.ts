import { charactersIn, type ErrorWords, excessOf, placeOf } from "../error-words.ts";

const characters = charactersIn("de", { other: "# Zeichen" });

/** German. */
export const de: ErrorWords = {
  language: "de",
  direction: "ltr",
  sentences: {
    "draft/empty": "Da ist nichts zu senden.",
    "draft/too-long": "Diese Nachricht ist zu lang.",
    "draft/invalid": "Diese Nachricht kann so nicht gesendet werden.",
    "draft/refused": "Diese Nachricht wurde nicht angenommen.",
    "custom/invalid": "Was dabei ist, hat nicht die richtige Form.",
    "command/malformed": "Der Server konnte das nicht verstehen.",
    "command/unsupported": "Das gibt es hier nicht.",
    "command/id-taken": "Das hat schon jemand anderes verwendet.",
    "command/out-of-order": "Erst kommt eine frühere Nachricht an die Reihe.",
    "query/malformed": "Der Server konnte das nicht verstehen.",
    "conversation/not-found": "Diese Unterhaltung gibt es nicht, oder du bist nicht dabei.",
    "conversation/exists": "Eine Unterhaltung dieses Namens gibt es schon.",
    "conversation/closed": "Diese Unterhaltung ist geschlossen.",
    "conversation/full": "In dieser Unterhaltung ist kein Platz mehr.",
    "participant/not-found": "Diese Person ist nicht dabei.",
    "participant/exists": "Diese Person ist schon dabei.",
    "participant/last-owner": "Zuerst muss jemand anderes Eigentümer werden.",
    "message/not-found": "Diese Nachricht gibt es nicht.",
    "message/deleted": "Diese Nachricht wurde gelöscht.",
    "reaction/limit": "Diese Nachricht hat schon zu viele verschiedene Reaktionen.",
    "note/limit": "Du hast dir zu viel gemerkt; etwas davon muss erst weg.",
    "pin/limit": "Hier sind schon zu viele Nachrichten angeheftet.",
    "permission/denied": "Das darfst du hier nicht.",
    "permission/banned": "Du kannst an dieser Unterhaltung nicht teilnehmen.",
    "permission/muted": "Du kannst hier im Moment nichts schreiben.",
    "rate/limited": "Du schreibst zu schnell. Bitte warte einen Moment.",
    "outbox/full": "Es warten zu viele Nachrichten.",
    "outbox/cancelled": "Diese Nachricht wurde zurückgezogen.",
    "outbox/not-found": "Diese Nachricht wartet nicht mehr.",
    "outbox/gave-up": "Diese Nachricht konnte nicht gesendet werden.",
    "outbox/expired": "Diese Nachricht ging nicht rechtzeitig hinaus.",
    "connection/failed": "Der Server ist nicht zu erreichen.",
    "connection/lost": "Die Verbindung ist abgebrochen.",
    "connection/timeout": "Der Server antwortet nicht.",
    "connection/slow": "Die Verbindung ist zu langsam.",
    "connection/offline": "Du bist offline.",
    "auth/required": "Bitte melde dich an.",
    "auth/expired": "Deine Anmeldung muss erneuert werden.",
    "auth/invalid": "Bitte melde dich noch einmal an.",
    "auth/unavailable": "Die Anmeldung ist im Moment nicht möglich.",
    "auth/origin": "Diese Seite darf den Server nicht benutzen.",
    "protocol/malformed": "Die App und der Server verstehen sich nicht.",
    "protocol/version": "Diese App ist für den Server zu alt oder zu neu.",
    "protocol/too-large": "Das ist zu groß zum Senden.",
    "protocol/hello": "Die App und der Server verstehen sich nicht.",
    "protocol/busy": "Das waren zu viele Anfragen auf einmal.",
    "server/internal": "Auf dem Server ist etwas schiefgegangen.",
    "server/unavailable": "Der Server ist im Moment nicht verfügbar.",
    "server/draining": "Der Server startet gerade neu.",
    "server/full": "Der Server ist im Moment voll.",
    "storage/failed": "Dieses Gerät konnte die Nachricht nicht speichern.",
    "storage/full": "Auf diesem Gerät ist kein Platz mehr für Nachrichten.",
    "storage/version": "Diese App ist älter als das, was sie hier gespeichert hat. Bitte aktualisiere sie.",
    "storage/locked": "Die hier gespeicherten Nachrichten lassen sich nicht aufschließen.",
    "client/closed": "Der Chat wurde geschlossen.",
    "client/misused": "Die App hat einen Fehler gemacht.",
    "client/listener": "Die App hat einen Fehler gemacht.",
    "client/unknown": "Etwas ist schiefgegangen.",
  },
  remedies: {
    input: "Ändere sie und sende sie noch einmal.",
    permission: "Wer diese Unterhaltung verwaltet, kann helfen.",
    conflict: "Sieh nach, was sich geändert hat, und entscheide neu.",
    limit: "Warte einen Moment und versuche es noch einmal.",
    connection: "Es geht von selbst weiter, sobald es eine Verbindung gibt.",
    auth: "Melde dich noch einmal an.",
    protocol: "Lade die Seite neu; hilft das nicht, sage es denen, die sie betreiben.",
    server: "Es wird von selbst noch einmal versucht.",
    storage: "Schaffe Platz auf dem Gerät und lass die Seite offen, bis alles gesendet ist.",
    client: "Lade die Seite neu; was noch nicht gesendet ist, bleibt erhalten.",
  },
  again: (when) => `Versuche es ${when} noch einmal.`,
  suggestionFor(issue) {
    if (issue.code === "draft/empty") return "Schreibe erst etwas.";
    if (issue.code === "custom/invalid") return `Berichtige ${placeOf(issue)}.`;
    if (issue.code === "draft/invalid")
      return issue.part === "ranges" ? "Setze Links und Erwähnungen noch einmal." : "Hänge weniger an.";
    if (issue.code !== "draft/too-long") return "";
    return issue.part === "text"
      ? `Kürze sie um ${characters(excessOf(issue))}.`
      : "Teile sie in mehrere auf, oder hänge weniger an.";
  },
};
