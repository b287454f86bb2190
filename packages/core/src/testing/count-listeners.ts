export interface ListenerCount<T> {
  /** The same object, but that whoever subscribes to anything reached from it is counted. */
  readonly target: T;
  readonly listening: () => number;
}

/** Counts the listeners of a client and of all it hands out. */
export function countListeners<T extends object>(client: T): ListenerCount<T> {
  let count = 0;
  const proxies = new WeakMap<object, object>();

  const subscribe =
    (observable: object) =>
    (listener: unknown): (() => void) => {
      const unsubscribe = Object(observable).subscribe(listener);
      count += 1;
      return () => {
        count -= 1;
        unsubscribe();
      };
    };

  /** One proxy per object: hooks go by identity. */
  const counted = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const proxy = proxies.get(value) ?? new Proxy(value, handler);
    proxies.set(value, proxy);
    return proxy;
  };

  const handler = {
    get(object: object, name: string | symbol): unknown {
      const value: unknown = Reflect.get(object, name);
      if (name === "subscribe") return subscribe(object);
      if (name === "get") return value; // what is read is no longer the client's
      if (typeof value !== "function") return counted(value);
      return (...given: unknown[]) => counted(Reflect.apply(value, object, given));
    },
  };

  return { target: new Proxy<T>(client, handler), listening: () => count };
}
