import { charactersIn, type ErrorWords, excessOf, placeOf } from "../error-words.ts";

const characters = charactersIn("es", { one: "# carácter", other: "# caracteres" });

/** Spanish. */
export const es: ErrorWords = {
  language: "es",
  direction: "ltr",
  sentences: {
    "draft/empty": "No hay nada que enviar.",
    "draft/too-long": "Este mensaje es demasiado largo.",
    "draft/invalid": "Este mensaje no se puede enviar tal como está.",
    "draft/refused": "Este mensaje no fue aceptado.",
    "custom/invalid": "Los datos adjuntos no tienen la forma correcta.",
    "command/malformed": "El servidor no pudo entenderlo.",
    "command/unsupported": "Esto no está disponible aquí.",
    "command/id-taken": "Otra persona ya lo ha usado.",
    "command/out-of-order": "Antes tiene que salir un mensaje anterior.",
    "query/malformed": "El servidor no pudo entenderlo.",
    "conversation/not-found": "Esta conversación no existe, o no participas en ella.",
    "conversation/exists": "Ya hay una conversación con este nombre.",
    "conversation/closed": "Esta conversación está cerrada.",
    "conversation/full": "En esta conversación no cabe más gente.",
    "participant/not-found": "Esta persona no está en la conversación.",
    "participant/exists": "Esta persona ya está en la conversación.",
    "participant/last-owner": "Antes otra persona tiene que ser la propietaria.",
    "message/not-found": "Este mensaje no existe.",
    "message/deleted": "Este mensaje fue eliminado.",
    "reaction/limit": "Este mensaje ya tiene demasiadas reacciones distintas.",
    "note/limit": "Has guardado demasiado; primero hay que quitar algo.",
    "pin/limit": "Ya hay demasiados mensajes fijados aquí.",
    "permission/denied": "No tienes permiso para hacer esto.",
    "permission/banned": "No puedes participar en esta conversación.",
    "permission/muted": "Por ahora no puedes escribir aquí.",
    "rate/limited": "Escribes demasiado rápido. Espera un momento.",
    "outbox/full": "Hay demasiados mensajes esperando a ser enviados.",
    "outbox/cancelled": "Este mensaje fue cancelado.",
    "outbox/not-found": "Este mensaje ya no está esperando.",
    "outbox/gave-up": "No se pudo enviar este mensaje.",
    "outbox/expired": "Este mensaje no salió a tiempo.",
    "connection/failed": "No se puede llegar al servidor.",
    "connection/lost": "Se perdió la conexión.",
    "connection/timeout": "El servidor no responde.",
    "connection/slow": "La conexión es demasiado lenta.",
    "connection/offline": "Estás sin conexión.",
    "auth/required": "Inicia sesión, por favor.",
    "auth/expired": "Hay que renovar tu sesión.",
    "auth/invalid": "Inicia sesión otra vez, por favor.",
    "auth/unavailable": "Por ahora no es posible iniciar sesión.",
    "auth/origin": "Esta página no puede usar el servidor.",
    "protocol/malformed": "La aplicación y el servidor no se entienden.",
    "protocol/version": "Esta aplicación es demasiado antigua o demasiado nueva para el servidor.",
    "protocol/too-large": "Esto es demasiado grande para enviarlo.",
    "protocol/hello": "La aplicación y el servidor no se entienden.",
    "protocol/busy": "Demasiadas peticiones a la vez.",
    "server/internal": "Algo salió mal en el servidor.",
    "server/unavailable": "El servidor no está disponible por ahora.",
    "server/draining": "El servidor se está reiniciando.",
    "server/full": "El servidor está lleno por ahora.",
    "storage/failed": "Este dispositivo no pudo guardar el mensaje.",
    "storage/full": "En este dispositivo no queda espacio para mensajes.",
    "storage/version": "Esta aplicación es más antigua que lo que guardó aquí. Actualízala, por favor.",
    "storage/locked": "No se pueden desbloquear los mensajes guardados en este dispositivo.",
    "client/closed": "El chat se cerró.",
    "client/misused": "La aplicación cometió un error.",
    "client/listener": "La aplicación cometió un error.",
    "client/unknown": "Algo salió mal.",
  },
  remedies: {
    input: "Cámbialo y envíalo otra vez.",
    permission: "Quien administra esta conversación puede ayudarte.",
    conflict: "Mira qué ha cambiado y decide de nuevo.",
    limit: "Espera un momento e inténtalo otra vez.",
    connection: "Seguirá por sí solo en cuanto haya conexión.",
    auth: "Inicia sesión otra vez.",
    protocol: "Recarga la página; si no ayuda, avisa a quienes llevan la aplicación.",
    server: "Se volverá a intentar automáticamente.",
    storage: "Libera espacio en el dispositivo y deja la página abierta hasta que todo se haya enviado.",
    client: "Recarga la página; lo que aún no se envió se conserva.",
  },
  again: (when) => `Inténtalo otra vez ${when}.`,
  suggestionFor(issue) {
    if (issue.code === "draft/empty") return "Escribe algo primero.";
    if (issue.code === "custom/invalid") return `Corrige ${placeOf(issue)}.`;
    if (issue.code === "draft/invalid")
      return issue.part === "ranges" ? "Pon otra vez los enlaces y las menciones." : "Adjunta menos datos.";
    if (issue.code !== "draft/too-long") return "";
    return issue.part === "text"
      ? `Acórtalo en ${characters(excessOf(issue))}.`
      : "Envíalo en varias partes, o adjunta menos datos.";
  },
};
