import type { Observable } from "@tidings/core";
import { type Readable, readable } from "svelte/store";

/**
 * A Svelte store of an observable: calls its subscriber at once, and after each change. It listens to the client only
 * while somebody subscribes to it, so there is nothing to close; `get(store)` reads it without.
 *
 *     const unread = toStore(client.conversation("general").unread);
 *     $unread
 */
export function toStore<T>(observable: Observable<T>): Readable<T> {
  return readable(observable.get(), (set) => {
    set(observable.get()); // it may have changed since, while nobody listened
    return observable.subscribe(set);
  });
}
