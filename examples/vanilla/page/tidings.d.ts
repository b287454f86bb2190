import type * as core from "@tidings/core";
import type * as transport from "@tidings/transport-ws";

declare global {
  /** What the script-tag bundle puts on the page. */
  const Tidings: Pick<typeof core, "browserPlatform" | "createClient" | "memoryStorage" | "MessagingError"> &
    Pick<typeof transport, "webSocketTransport">;
}
