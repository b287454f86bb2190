import type { Transport } from "@tidings/core";
import { appSyncTransport } from "@tidings/transport-appsync";

/** To an API of AWS AppSync, whose address is given when the page is built. */
export const transport: Transport = appSyncTransport({ endpoint: import.meta.env.VITE_APPSYNC_ENDPOINT });
