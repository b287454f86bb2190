/** The WebSocket link of a Tidings client. */
export type { Fallback, Opening, Ways } from "./fallback.ts";
export type { Connect, Gateway } from "./gateway.ts";
export { webSocketTransport, type WebSocketTransportOptions } from "./web-socket-transport.ts";
export type { WebSocketConstructor, WebSocketLike } from "./web-socket-like.ts";
