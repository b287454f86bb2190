import type { Unsubscribe } from "../base/observable.ts";

/** What the machine around a client knows about network and screen. */
export interface Platform {
  /** False only if there certainly is no network. */
  hasNetwork(): boolean;
  /**
   * Calls `listener` when there is reason to look again: the network came or went, the page was shown, the device woke.
   * Calling it too often does no harm.
   */
  subscribe(listener: () => void): Unsubscribe;
}

/**
 * The browser's network, visibility and page lifecycle events. Where there are none (Node, React Native) it says
 * nothing, and there always is a network.
 */
export function browserPlatform(): Platform {
  // Typed as if always there; outside browsers each of them may be missing.
  const { document, location, navigator }: Partial<typeof globalThis> = globalThis;
  // A page served by this very machine needs no network to reach its server.
  const isLocal = /^(localhost|127\..+|\[::1\])$/.test(location?.hostname ?? "");
  return {
    hasNetwork: () => isLocal || navigator?.onLine !== false,
    subscribe(listener) {
      const shown = (): void => {
        if (document?.visibilityState !== "hidden") listener();
      };
      const each = (method: "addEventListener" | "removeEventListener"): void => {
        const { [method]: onWindow }: Partial<typeof globalThis> = globalThis;
        // `pageshow`: out of the back/forward cache; `resume`: out of the freezer (Page Lifecycle).
        for (const name of ["online", "offline", "pageshow"]) onWindow?.(name, listener);
        for (const name of ["visibilitychange", "resume"]) document?.[method](name, shown);
      };
      each("addEventListener");
      return () => each("removeEventListener");
    },
  };
}
