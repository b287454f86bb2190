import { type Cancel, type Clock, systemClock } from "../base/clock.ts";
import type { Unsubscribe } from "../base/observable.ts";
import type { Client } from "../client/types.ts";

interface Lease {
  holders: number;
  cancel: Cancel;
}

/** Long enough for a view library to take a screen down and put it up again, as React does in development. */
const LINGER_MS = 1_000;

const leases = new WeakMap<object, Lease>();

/**
 * Keeps a client connected while anybody holds it: connects with the first holder, disconnects a second after the last.
 * However often screens come and go, there is one link.
 *
 * @returns gives the hold back; calling it again does nothing.
 */
export function holdConnection(
  client: Pick<Client, "connect" | "disconnect">,
  clock: Clock = systemClock,
): Unsubscribe {
  const lease = leases.get(client) ?? { holders: 0, cancel: () => {} };
  leases.set(client, lease);
  lease.cancel();
  lease.holders += 1;
  if (lease.holders === 1) void client.connect();
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    lease.holders -= 1;
    if (lease.holders === 0) lease.cancel = clock.after(LINGER_MS, () => client.disconnect());
  };
}
