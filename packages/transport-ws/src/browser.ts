/**
 * What a page without a bundler gets from one script tag, under the global `Tidings`: the client, this link, and a
 * backend in memory to try things out without a server.
 */
import {
  browserPlatform,
  createClient,
  isMessagingError,
  memoryStorage,
  MessagingError,
} from "@tidings/core";
import { memoryTransport } from "@tidings/core/memory";
import { webSocketTransport } from "./web-socket-transport.ts";

export {
  browserPlatform,
  createClient,
  isMessagingError,
  memoryStorage,
  memoryTransport,
  MessagingError,
  webSocketTransport,
};
