/** The WebSocket link of a Tidings client. */
export { webSocketTransport, type WebSocketTransportOptions } from "./web-socket-transport.ts";
export type { WebSocketConstructor, WebSocketLike } from "./web-socket-like.ts";
