import type { Bus, BusEvent } from "./bus.ts";

/** The bus of a server that is one process: what is published is heard at once. */
export function inProcessBus(): Bus {
  let hear: (events: readonly BusEvent[]) => void = () => {};
  return {
    publish: (events) => hear(events),
    listen: (listener) => void (hear = listener),
    close: () => Promise.resolve(),
  };
}
