import { httpPushDevices } from "@tidings/core/push";
import { usePushSubscription, type UsePushSubscription } from "@tidings/react";
import { useMemo } from "react";
import type { Destination } from "./chat-actions.ts";

const worker = (): Promise<ServiceWorkerRegistration> =>
  navigator.serviceWorker.register("/push-worker.js", { updateViaCache: "none" });

/**
 * Pushes to this browser, of the server this page is from.
 *
 * @param auth - as the client has it.
 */
export function usePushes(
  auth: () => string,
  onOpen: (conversationId: string, to: Destination) => void,
): UsePushSubscription {
  const devices = useMemo(() => httpPushDevices({ url: location.origin, auth }), [auth]);
  return usePushSubscription({
    ...{ devices, worker },
    onOpen({ conversationId, messageId: id, seq }) {
      if (seq > 0) onOpen(conversationId, { id, seq, conversationId }); // else it cannot be read any more
    },
  });
}
