import type { Observable, Scope } from "../base/observable.ts";
import type { TimelineItem } from "./items.ts";
import type { TimelineView } from "./view.ts";

export interface WindowOptions {
  /** How many items at most. */
  readonly size: number;
  /** What to show first: a message that is loaded, or (default) the newest ones. */
  readonly anchor?: string;
}

export interface WindowView {
  readonly items: readonly TimelineItem[];
  /** There is more above: loaded, or still to be loaded. */
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/**
 * A stretch of a timeline. At the newest end it follows what arrives; anywhere else it stays with the messages it shows,
 * whatever comes before or after them. The same object until something in it changes.
 */
export interface TimelineWindow extends Observable<WindowView> {
  /** Moves by so many items: up if negative. Reaching the newest follows them from then on. */
  scroll(by: number): void;
  /** To a message, in the middle, or to `"newest"`. False if it is not loaded. */
  jumpTo(target: string): boolean;
}

const NEWEST = "newest";

/** Holds nothing once nobody is subscribed, so there is no need to close it. */
export function createWindow(
  source: Observable<TimelineView>,
  { size, anchor = NEWEST }: WindowOptions,
  scope: Scope,
): TimelineWindow {
  const moves = scope.cell(0);
  /** The message to stay with, and how many items the window begins above it; none at the newest end. */
  let hold: { readonly id: string; readonly above: number } | undefined;
  let from = 0;
  let seen: TimelineView | undefined;
  let value: WindowView = { items: [], hasOlder: false, hasNewer: false };

  const last = (): number => Math.max(0, source.get().items.length - size);

  const locate = (): number => {
    const index = hold ? source.get().items.indexOf(hold.id) : -1;
    const wanted = index < 0 ? from : index - (hold?.above ?? 0);
    return hold ? Math.max(0, Math.min(wanted, last())) : last();
  };

  const get = (): WindowView => {
    const view = source.get();
    if (view === seen) return value;
    seen = view;
    from = locate();
    const items = view.items.slice(from, from + size);
    const next = {
      items,
      hasOlder: from > 0 || view.hasOlder,
      hasNewer: from + items.length < view.items.length || view.hasNewer,
    };
    return isSame(value, next) ? value : (value = next);
  };

  const moveTo = (index: number): void => {
    from = Math.max(0, Math.min(index, last()));
    const shown = source.get().items.slice(from, from + size);
    const above = shown.findIndex(({ type }) => type === "message");
    hold = { id: shown[above]?.key ?? "", above };
    redraw();
  };

  const follow = (): void => {
    hold = undefined;
    redraw();
  };

  const redraw = (): void => {
    seen = undefined;
    moves.set(moves.get() + 1);
  };

  const jumpTo = (target: string): boolean => {
    const index = source.get().items.indexOf(target);
    if (target === NEWEST) follow();
    else if (index >= 0) moveTo(index - (size >> 1));
    return target === NEWEST || index >= 0;
  };

  jumpTo(anchor);

  return {
    get,
    jumpTo,
    scroll(by) {
      get();
      if (from + by >= last() && by > 0) follow();
      else moveTo(from + by);
    },
    subscribe(listener) {
      let told = get();
      const tell = (): void => {
        const next = get();
        if (next !== told) listener((told = next));
      };
      const ends = [source.subscribe(tell), moves.subscribe(tell)];
      return () => ends.forEach((end) => end());
    },
  };
}

function isSame(one: WindowView, other: WindowView): boolean {
  return (
    one.hasOlder === other.hasOlder &&
    one.hasNewer === other.hasNewer &&
    one.items.length === other.items.length &&
    one.items.every((item, index) => item === other.items[index])
  );
}
