/** Every event the server logs, by level. Its lines are what operators search and alert by, so none is ever renamed. */
export type DebugEvent = "upgrade refused" | "link opened" | "link refused" | "link closed" | "request";
export type InfoEvent = "listening" | "draining" | "closed" | "repaired" | "service key";
export type WarnEvent = "development mode" | "newer schema" | "connection lost";
export type ErrorEvent = "failure" | "defect";

interface Entry<Level extends string> {
  readonly level: Level;
  /** What the line holds beside the event. */
  readonly fields: readonly string[];
  readonly means: string;
}

/** For readers; `docs/guides/operations.md` has it as a table, and a test compares the two. */
export const logEvents: Readonly<
  Record<DebugEvent, Entry<"debug">> &
    Record<InfoEvent, Entry<"info">> &
    Record<WarnEvent, Entry<"warn">> &
    Record<ErrorEvent, Entry<"error">>
> = {
  "upgrade refused": {
    level: "debug",
    fields: ["code"],
    means: "a request for a WebSocket was turned away before it cost anything",
  },
  "link opened": { level: "debug", fields: ["link", "userId"], means: "a link has its welcome" },
  "link refused": { level: "debug", fields: ["link", "code"], means: "a link's hello was not accepted" },
  "link closed": { level: "debug", fields: ["link", "userId", "isClean"], means: "a link is gone" },
  request: {
    level: "debug",
    fields: ["requestId", "method", "route", "status", "ms"],
    means: "an HTTP request was answered; `x-request-id` of the answer is its id",
  },
  listening: { level: "info", fields: ["url", "metricsUrl"], means: "the server takes links" },
  draining: {
    level: "info",
    fields: ["signal"],
    means: "it was told to stop, and sends its clients elsewhere",
  },
  closed: { level: "info", fields: [], means: "everything was answered and written; the process may end" },
  repaired: {
    level: "info",
    fields: ["changes"],
    means: "so many changes had been told to nobody; they were read from the database",
  },
  "service key": {
    level: "info",
    fields: ["id", "key", "method", "route", "onBehalfOf", "status"],
    means: "a backend asked something over HTTP with its key; `id` is the request's",
  },
  "development mode": {
    level: "warn",
    fields: ["note"],
    means: "there is no secret, so one was made up; not for production",
  },
  "newer schema": {
    level: "warn",
    fields: ["migrations"],
    means: "a newer version migrated the database; this one can work on that, and migrates nothing",
  },
  "connection lost": {
    level: "warn",
    fields: ["what", "err"],
    means:
      "a connection to the database or to Redis broke, or Redis does not answer; it is made again by itself",
  },
  failure: {
    level: "error",
    fields: ["what", "err"],
    means:
      "something went wrong inside and those concerned were told; `what` is where: commit, query, greeting, delivery, frame, link, repair, http, housekeeping",
  },
  defect: {
    level: "error",
    fields: ["what", "err"],
    means: "a command made the rules throw and was refused for good; please report it",
  },
};
