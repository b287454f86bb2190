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
 * nothing and there always is a network.
 */
export function browserPlatform(): Platform {
  return {
    // A page served by this very machine needs no network to reach its server.
    hasNetwork: () => typeof navigator === "undefined" || navigator.onLine !== false || isLoopback(),
    subscribe(listener) {
      const page = typeof document === "undefined" ? undefined : document;
      const shown = (): void => {
        if (page?.visibilityState !== "hidden") listener();
      };
      // `pageshow`: out of the back/forward cache; `resume`: out of the freezer (Page Lifecycle).
      const all = typeof addEventListener === "function" ? globalThis : undefined;
      const events = [
        [all, "online", listener],
        [all, "offline", listener],
        [all, "pageshow", listener],
        [page, "resume", listener],
        [page, "visibilitychange", shown],
      ] as const;
      for (const [target, name, call] of events) target?.addEventListener(name, call);
      return () => {
        for (const [target, name, call] of events) target?.removeEventListener(name, call);
      };
    },
  };
}

function isLoopback(): boolean {
  return typeof location !== "undefined" && /^(localhost|127\..+|\[::1\])$/.test(location.hostname);
}
