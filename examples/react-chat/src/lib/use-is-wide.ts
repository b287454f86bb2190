import { useSyncExternalStore } from "react";

const wide = matchMedia("(min-width: 760px)");

/** Is there room for two panes? As in shell.css. */
export function useIsWide(): boolean {
  return useSyncExternalStore(subscribe, () => wide.matches);
}

function subscribe(notify: () => void): () => void {
  wide.addEventListener("change", notify);
  return () => wide.removeEventListener("change", notify);
}
