import type { JsonObject } from "../base/json.ts";
import type { Observable, Scope } from "../base/observable.ts";
import type { TimelineItem } from "./item.ts";
import type { TimelineView } from "./view.ts";

export interface WindowOptions {
  /** How many items at most. */
  readonly size: number;
  /** What to show first: a message that is loaded, or (default) the newest ones. */
  readonly anchor?: string;
}

export interface WindowView<Custom = JsonObject> {
  readonly items: readonly TimelineItem<Custom>[];
  /** There is more above: loaded, or still to be loaded. */
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/**
 * A stretch of a timeline. At the newest end it follows what arrives; anywhere else it stays with the messages it shows,
 * whatever comes before or after them. The same object until something in it changes.
 */
export interface TimelineWindow<Custom = JsonObject> extends Observable<WindowView<Custom>> {
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
  /** The message to stay with, and how far above it the window begins; none at the newest end. */
  let hold: { readonly id: string; readonly above: number } | undefined;
  let from = 0;
  let seen: TimelineView | undefined;
  let value: WindowView = { items: [], hasOlder: false, hasNewer: false };

  const itemsFrom = (index: number): readonly TimelineItem[] => {
    const { items } = source.get();
    from = Math.max(0, Math.min(index, items.length - size));
    return items.slice(from, from + size);
  };

  const get = (): WindowView => {
    const view = source.get();
    if (view === seen) return value;
    seen = view;
    const index = hold ? view.items.indexOf(hold.id) : view.items.length;
    const items = itemsFrom(index < 0 ? from : index - (hold?.above ?? 0));
    const hasOlder = from > 0 || view.hasOlder;
    const hasNewer = from + items.length < view.items.length || view.hasNewer;
    const isSame =
      value.hasOlder === hasOlder &&
      value.hasNewer === hasNewer &&
      value.items.length === items.length &&
      items.every((item, at) => item === value.items[at]);
    if (!isSame) value = { items, hasOlder, hasNewer };
    return value;
  };

  /** Begins at `index` from now on; without one, follows the newest. */
  const move = (index?: number): void => {
    if (index === undefined) hold = undefined;
    else {
      const shown = itemsFrom(index);
      const above = shown.findIndex(({ type }) => type === "message");
      hold = { id: shown[above]?.key ?? "", above };
    }
    seen = undefined;
    moves.set(moves.get() + 1);
  };

  const jumpTo = (target: string): boolean => {
    const index = source.get().items.indexOf(target);
    if (target === NEWEST) move();
    else if (index >= 0) move(index - (size >> 1));
    return target === NEWEST || index >= 0;
  };

  jumpTo(anchor);

  return {
    get,
    jumpTo,
    scroll(by) {
      get();
      const isAtEnd = by > 0 && from + by + size >= source.get().items.length;
      move(isAtEnd ? undefined : from + by);
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
