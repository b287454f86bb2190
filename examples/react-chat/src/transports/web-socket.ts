import type { Transport } from "@tidings/core";
import { webSocketTransport } from "@tidings/transport-ws";

/** To the server the page came from. */
export const transport: Transport = webSocketTransport({ url: location.origin });
