import type { Core } from "./core.ts";
import type { Typing } from "./types.ts";

/** The façade of a conversation's typists. Who listens to it watches the conversation, and only then do signals come. */
export function typingOf({ presence }: Core, conversationId: string): Typing {
  const typists = presence.typing(conversationId);
  return {
    get: typists.get,
    subscribe(listener) {
      const unwatch = presence.watch(conversationId);
      const unsubscribe = typists.subscribe(listener);
      return () => {
        unsubscribe();
        unwatch();
      };
    },
    notify: () => presence.notify(conversationId),
    stop: () => presence.stop(conversationId),
  };
}
