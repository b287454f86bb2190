import type { Observable } from "../base/observable.ts";
import type { Core } from "./core.ts";
import type { Typing } from "./types.ts";

/** Who types. Who listens to it watches the conversation, which need not be open, and only then do signals come. */
export function typistsIn({ presence }: Core, conversationId: string): Observable<readonly string[]> {
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
  };
}

/** The façade of a conversation's typists, and of one's own typing there. */
export function typingOf(core: Core, conversationId: string): Typing {
  return {
    ...typistsIn(core, conversationId),
    notify: () => core.presence.notify(conversationId),
    stop: () => core.presence.stop(conversationId),
  };
}
