import type { ErrorWords } from "../error-words.ts";

/** English. Its sentences are those of the registry, which errors and issues carry with them. */
export const en: ErrorWords = {
  language: "en",
  direction: "ltr",
  sentences: {},
  remedies: {
    input: "Change it and send it again.",
    permission: "An admin of this conversation can help.",
    conflict: "Look at what has changed, then decide again.",
    limit: "Wait a moment, then try again.",
    connection: "It goes on by itself as soon as there is a connection.",
    auth: "Sign in again.",
    protocol: "Reload the page; if that does not help, tell those who run this app.",
    server: "It is tried again by itself.",
    storage: "Make room on this device, and keep this page open until everything is sent.",
    client: "Reload the page; what was not sent yet is kept.",
  },
  again: (when) => `Try again ${when}.`,
  suggestionFor: ({ suggestion }) => suggestion,
};
