import { charactersIn, type ErrorWords, excessOf, placeOf } from "../error-words.ts";

const characters = charactersIn("fr", { one: "# caractère", other: "# caractères" });

/** French. */
export const fr: ErrorWords = {
  language: "fr",
  direction: "ltr",
  sentences: {
    "draft/empty": "Il n’y a rien à envoyer.",
    "draft/too-long": "Ce message est trop long.",
    "draft/invalid": "Ce message ne peut pas être envoyé tel quel.",
    "draft/refused": "Ce message n’a pas été accepté.",
    "custom/invalid": "Les données jointes n’ont pas la bonne forme.",
    "command/malformed": "Le serveur n’a pas pu comprendre cela.",
    "command/unsupported": "Cela n’existe pas ici.",
    "command/id-taken": "Quelqu’un d’autre s’en est déjà servi.",
    "command/out-of-order": "Un message précédent doit d’abord partir.",
    "query/malformed": "Le serveur n’a pas pu comprendre cela.",
    "conversation/not-found": "Cette conversation n’existe pas, ou vous n’en faites pas partie.",
    "conversation/exists": "Une conversation porte déjà ce nom.",
    "conversation/closed": "Cette conversation est fermée.",
    "conversation/full": "Il n’y a plus de place dans cette conversation.",
    "participant/not-found": "Cette personne n’est pas dans la conversation.",
    "participant/exists": "Cette personne est déjà dans la conversation.",
    "participant/last-owner": "Quelqu’un d’autre doit d’abord devenir propriétaire.",
    "message/not-found": "Ce message n’existe pas.",
    "message/deleted": "Ce message a été supprimé.",
    "reaction/limit": "Ce message a déjà trop de réactions différentes.",
    "note/limit": "Vous avez trop gardé ; il faut d’abord retirer quelque chose.",
    "pin/limit": "Trop de messages sont déjà épinglés ici.",
    "permission/denied": "Vous n’avez pas le droit de faire cela.",
    "permission/banned": "Vous ne pouvez pas participer à cette conversation.",
    "permission/muted": "Vous ne pouvez pas écrire ici pour le moment.",
    "rate/limited": "Vous écrivez trop vite. Patientez un instant.",
    "outbox/full": "Trop de messages attendent d’être envoyés.",
    "outbox/cancelled": "Ce message a été annulé.",
    "outbox/not-found": "Ce message n’attend plus.",
    "outbox/gave-up": "Ce message n’a pas pu être envoyé.",
    "outbox/expired": "Ce message n’est pas parti à temps.",
    "connection/failed": "Le serveur est injoignable.",
    "connection/lost": "La connexion a été perdue.",
    "connection/timeout": "Le serveur ne répond pas.",
    "connection/slow": "La connexion est trop lente.",
    "connection/offline": "Vous êtes hors ligne.",
    "auth/required": "Veuillez vous connecter.",
    "auth/expired": "Votre session doit être renouvelée.",
    "auth/invalid": "Veuillez vous connecter à nouveau.",
    "auth/unavailable": "La connexion à votre compte est impossible pour le moment.",
    "auth/origin": "Cette page n’a pas le droit d’utiliser le serveur.",
    "protocol/malformed": "L’application et le serveur ne se comprennent pas.",
    "protocol/version": "Cette application est trop ancienne ou trop récente pour le serveur.",
    "protocol/too-large": "C’est trop volumineux pour être envoyé.",
    "protocol/hello": "L’application et le serveur ne se comprennent pas.",
    "protocol/busy": "Trop de demandes à la fois.",
    "server/internal": "Une erreur s’est produite sur le serveur.",
    "server/unavailable": "Le serveur n’est pas disponible pour le moment.",
    "server/draining": "Le serveur redémarre.",
    "server/full": "Le serveur est plein pour le moment.",
    "storage/failed": "Cet appareil n’a pas pu enregistrer le message.",
    "storage/full": "Il n’y a plus de place pour les messages sur cet appareil.",
    "storage/version":
      "Cette application est plus ancienne que ce qu’elle a enregistré ici. Mettez-la à jour.",
    "storage/locked": "Les messages enregistrés sur cet appareil ne peuvent pas être déverrouillés.",
    "client/closed": "La messagerie a été fermée.",
    "client/misused": "L’application a commis une erreur.",
    "client/listener": "L’application a commis une erreur.",
    "client/unknown": "Une erreur s’est produite.",
  },
  remedies: {
    input: "Modifiez-le et renvoyez-le.",
    permission: "Une personne qui administre cette conversation peut vous aider.",
    conflict: "Regardez ce qui a changé, puis décidez à nouveau.",
    limit: "Patientez un instant, puis réessayez.",
    connection: "Tout reprendra de soi-même dès qu’il y aura une connexion.",
    auth: "Connectez-vous à nouveau.",
    protocol: "Rechargez la page ; si cela n’aide pas, prévenez les responsables de l’application.",
    server: "Un nouvel essai aura lieu automatiquement.",
    storage: "Libérez de la place sur l’appareil et gardez la page ouverte jusqu’à ce que tout soit parti.",
    client: "Rechargez la page ; ce qui n’est pas encore parti est conservé.",
  },
  again: (when) => `Réessayez ${when}.`,
  suggestionFor(issue) {
    if (issue.code === "draft/empty") return "Écrivez d’abord quelque chose.";
    if (issue.code === "custom/invalid") return `Corrigez ${placeOf(issue)}.`;
    if (issue.code === "draft/invalid")
      return issue.part === "ranges" ? "Refaites les liens et les mentions." : "Joignez moins de données.";
    if (issue.code !== "draft/too-long") return "";
    return issue.part === "text"
      ? `Raccourcissez-le de ${characters(excessOf(issue))}.`
      : "Envoyez-le en plusieurs parties, ou joignez moins de données.";
  },
};
