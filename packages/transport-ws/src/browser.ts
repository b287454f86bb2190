/** What a page without a bundler gets from one script tag, under the global `Tidings`: the client and this link. */
export { browserPlatform, createClient, memoryStorage, MessagingError } from "@tidings/core";
export { webSocketTransport } from "./web-socket-transport.ts";
