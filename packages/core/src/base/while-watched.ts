import type { Observable, Unsubscribe } from "./observable.ts";

/** As `observable`; `begin` runs when the first listener has come, and what it returns once the last has gone. */
export function whileWatched<T>(
  observable: Observable<T>,
  begin: () => readonly Unsubscribe[],
): Observable<T> {
  let listeners = 0;
  let ends: readonly Unsubscribe[] = [];

  const leave = (): void => {
    listeners -= 1;
    if (listeners > 0) return;
    for (const end of ends) end();
    ends = [];
  };

  return {
    get: observable.get,
    subscribe(listener) {
      const stop = observable.subscribe(listener);
      listeners += 1;
      if (listeners === 1) ends = begin();
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        stop();
        leave();
      };
    },
  };
}
