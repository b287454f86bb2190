import { browserPlatform, type Platform } from "@tidings/core";

/**
 * A network cable to pull, for trying things out. The client asks its platform whether there is a network, and this one
 * can say no: the client then really closes its link, queues what is sent, and comes back by itself.
 */
export interface Cable {
  readonly platform: Platform;
  setPulled(isPulled: boolean): void;
}

export function createCable(): Cable {
  const browser = browserPlatform();
  const listeners = new Set<() => void>();
  let isPulled = false;
  return {
    platform: {
      hasNetwork: () => !isPulled && browser.hasNetwork(),
      subscribe(listener) {
        listeners.add(listener);
        const unsubscribe = browser.subscribe(listener);
        return () => {
          listeners.delete(listener);
          unsubscribe();
        };
      },
    },
    setPulled(pulled) {
      isPulled = pulled;
      for (const listener of listeners) listener();
    },
  };
}
