/** The WebSocket link of a Tidings client. */
export type { Gateway } from "./gateway.ts";
export { webSocketTransport, type WebSocketTransportOptions } from "./web-socket-transport.ts";
export type { WebSocketConstructor, WebSocketLike } from "./web-socket-like.ts";
