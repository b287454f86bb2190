import type { Log } from "../log.ts";
import type { PushProvider } from "./provider.ts";

/** Pushes nothing, and logs what it would have: for development, and to begin an adapter with. Never what people wrote. */
export function loggingPushProvider(log: Pick<Log, "info">): PushProvider {
  return {
    publicKey: "",
    accepts: (endpoint) => URL.canParse(endpoint),
    async push({ target: { userId, deviceId }, payload, topic, urgency }) {
      const { conversationId, messageId, count, badge } = payload;
      log.info({ userId, deviceId, conversationId, messageId, count, badge, topic, urgency }, "push");
      return { kind: "sent" };
    },
  };
}
