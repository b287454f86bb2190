/** The AWS AppSync link of a Tidings client. */
export { appSyncTransport, type AppSyncTransportOptions } from "./appsync-transport.ts";
export type { AppSyncAuth, SignRequest } from "./credentials.ts";
export { defaultOperations } from "./default-operations.ts";
export type { FetchLike, FetchResponse } from "./http.ts";
export type { AppSyncOperations, GraphQlRequest, Operation, SignalOperations } from "./operations.ts";
export type { SignalChannel, SignalChannelContext, SignalLink } from "./signal-channel.ts";
export type { WebSocketConstructor, WebSocketLike } from "./web-socket-like.ts";
