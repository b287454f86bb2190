import type { Transport } from "@tidings/core";
import { webSocketTransport } from "@tidings/transport-ws";
import { httpFallback } from "@tidings/transport-ws/http";

/** To the server the page came from; over HTTP, where WebSockets are blocked. */
export const transport: Transport = webSocketTransport({ url: location.origin, fallback: httpFallback() });
