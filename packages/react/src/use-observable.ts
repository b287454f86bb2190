import type { Observable } from "@tidings/core";
import { asHydrated } from "@tidings/core/bindings";
import { useCallback, useMemo, useSyncExternalStore } from "react";

/** The value of an observable now, and at each change of it. */
export function useObservable<T>(observable: Observable<T>): T;
/**
 * What `select` takes of an observable's value. Renders again only when that is another (`Object.is`); `select` runs once per
 * value, or per render if it is written in place, so it may return a new object.
 */
export function useObservable<T, S>(observable: Observable<T>, select: (value: T) => S): S;
export function useObservable<T, S>(observable: Observable<T>, select?: (value: T) => S): T | S {
  const subscribe = useCallback((notify: () => void) => observable.subscribe(notify), [observable]);
  const [read, readHydrated] = useMemo(() => {
    const past = { get: () => asHydrated(observable.get) };
    return select ? [remembered(observable, select), remembered(past, select)] : [observable.get, past.get];
  }, [observable, select]);
  return useSyncExternalStore<T | S>(subscribe, read, readHydrated);
}

/** React reads a snapshot several times and expects the same one until it has changed. */
function remembered<T, S>(observable: Pick<Observable<T>, "get">, select: (value: T) => S): () => S {
  let last: { readonly value: T; readonly selected: S } | undefined;
  return () => {
    const value = observable.get();
    if (!last || !Object.is(last.value, value)) last = { value, selected: select(value) };
    return last.selected;
  };
}
