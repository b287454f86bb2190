/**
 * A network cable to pull. The client asks its platform whether there is a network; this one can say that there is
 * none. The client then really closes its link, queues what is sent, and comes back by its own reconnect logic: the
 * page does nothing but flip the switch.
 */

/** @typedef {import("@tidings/core").Platform} Platform */

/** @returns {{ platform: Platform, setPulled(isPulled: boolean): void }} */
export function createCable() {
  const browser = Tidings.browserPlatform();
  /** @type {Set<() => void>} */
  const listeners = new Set();
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
