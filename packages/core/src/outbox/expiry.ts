import { type Alarms, createAlarms } from "../base/alarms.ts";
import type { Clock } from "../base/clock.ts";
import type { Entry } from "./entry.ts";

/** Tells when entries are not worth sending any more. */
export interface Expiry extends Pick<Alarms, "cancel" | "close"> {
  watch(entry: Entry): void;
  isOverdue(entry: Entry): boolean;
}

/** @param onDue - not for what is out: it may be there already, and its answer, or the end of its link, will tell. */
export function createExpiry(clock: Clock, onDue: (entry: Entry) => void): Expiry {
  const { set, cancel, close } = createAlarms(clock);
  return {
    cancel,
    close,
    isOverdue: ({ expiresAtMs = Infinity }) => expiresAtMs <= clock.now(),
    watch(entry) {
      const { expiresAtMs, command } = entry;
      if (expiresAtMs === undefined) return;
      set(command.commandId, Math.max(0, expiresAtMs - clock.now()), () => {
        if (entry.status === "queued") onDue(entry);
      });
    },
  };
}
