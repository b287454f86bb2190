import { EventEmitter } from "eventemitter3";
import { guarded } from "./guarded.ts";
import type { Unsubscribe } from "./observable.ts";

/** Typed events: `Events` maps each name to its payload. */
export interface Emitter<Events extends object> {
  on<Name extends keyof Events & string>(name: Name, listener: (payload: Events[Name]) => void): Unsubscribe;
  emit<Name extends keyof Events & string>(name: Name, payload: Events[Name]): void;
  clear(): void;
}

/**
 * @param onListenerError - told of every listener that throws, or whose promise is rejected, and of what it listened
 *   to; eventemitter3 alone would let it stop the others and reach the socket's handler (D10).
 */
export function createEmitter<Events extends object>(
  onListenerError: (error: unknown, name: string) => void,
): Emitter<Events> {
  const events = new EventEmitter<string>();
  return {
    on(name, listener) {
      const call = (payload: Parameters<typeof listener>[0]): void =>
        guarded(
          () => listener(payload),
          (error) => onListenerError(error, name),
        );
      events.on(name, call);
      return () => void events.off(name, call);
    },
    emit: (name, payload) => void events.emit(name, payload),
    clear: () => void events.removeAllListeners(),
  };
}
