/** The reference server: `createServer()` here, `tidings-server` on the command line. */
export { issueToken, type IssueTokenOptions } from "./auth/tokens.ts";
export { createServer, type TidingsServer } from "./create-server.ts";
export type { Bus, BusEvent } from "./bus/bus.ts";
export type { Lobby } from "./engine/lobbies.ts";
export type { Log } from "./log.ts";
export type { RetentionOptions, ServerBounds, ServerOptions } from "./options.ts";
