import type { TimelineItems } from "@tidings/core";
import { type KeyboardEvent, useCallback, useLayoutEffect, useState } from "react";
import { useChatActions } from "./chat-actions.ts";

/** A row is on the page by then, or will not be. */
const MOST_FRAMES = 10;

interface ActiveRow {
  /** The row the keyboard is at. */
  readonly key: string | undefined;
  /** Its index: a virtual list keeps it on the page, or the focus would be lost with it. */
  readonly keepMounted: readonly number[];
  /** Puts the keyboard at a row. */
  readonly focus: (key: string) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}

/** Arrow keys walk through the messages, Home and End jump, Enter opens the menu, Escape goes back to writing. */
export function useActiveRow(items: TimelineItems): ActiveRow {
  const { leaveMessages } = useChatActions();
  const [active, setActive] = useState<{ readonly key: string }>();
  useLayoutEffect(() => {
    if (!active) return undefined;
    let frame = 0;
    const focus = (left: number): void => {
      const row = rowOf(active.key);
      row?.focus();
      // What was not on the page until now is hidden until it has been measured, and takes no focus before.
      if (document.activeElement !== row && left > 0) frame = requestAnimationFrame(() => focus(left - 1));
    };
    focus(MOST_FRAMES);
    return () => cancelAnimationFrame(frame);
  }, [active]);
  const focus = useCallback((key: string) => setActive({ key }), []);
  const found = active === undefined ? -1 : items.indexOf(active.key);

  return {
    key: active?.key,
    focus,
    keepMounted: found < 0 ? [] : [found],
    onKeyDown(event) {
      const row =
        event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-key]") : null;
      const at = items.indexOf(row?.dataset["key"] ?? "");
      const to = targetOf(event.key, at, items.length);
      if (event.key === "Escape") return leaveMessages();
      if (event.key === "Enter" && event.target === row) {
        event.preventDefault();
        return row?.querySelector<HTMLElement>("[data-do=menu], [data-do=show]")?.click();
      }
      const item = to === undefined ? undefined : items.at(to);
      if (!item) return undefined;
      event.preventDefault();
      return setActive({ key: item.key });
    },
  };
}

/** Where a key leads from a row, or from none (−1). */
function targetOf(key: string, at: number, length: number): number | undefined {
  switch (key) {
    case "ArrowUp":
      return at < 0 ? length - 1 : Math.max(0, at - 1);
    case "ArrowDown":
      return at < 0 ? length - 1 : Math.min(length - 1, at + 1);
    case "Home":
      return 0;
    case "End":
      return length - 1;
    default:
      return undefined;
  }
}

function rowOf(key: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`.messages [data-key="${CSS.escape(key)}"]`);
}
