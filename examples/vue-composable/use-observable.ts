import type { Observable } from "@tidings/core";
import { type MaybeRefOrGetter, onScopeDispose, type ShallowRef, shallowRef, toValue, watch } from "vue";

/**
 * The value of an observable, for as long as the component (or effect scope) lives. Given a getter or a ref, it follows
 * whichever observable that names:
 *
 *     const unread = useObservable(() => client.conversation(props.id).unread);
 */
export function useObservable<T>(source: MaybeRefOrGetter<Observable<T>>): Readonly<ShallowRef<T>> {
  const value = shallowRef(toValue(source).get()); // what the client hands out never changes: no need to look deeper
  let unsubscribe = (): void => {};
  watch(
    () => toValue(source),
    (observable) => {
      unsubscribe();
      value.value = observable.get();
      unsubscribe = observable.subscribe((next) => void (value.value = next));
    },
    { immediate: true, flush: "sync" },
  );
  onScopeDispose(() => unsubscribe());
  return value;
}
