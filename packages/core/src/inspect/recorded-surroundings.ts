import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { Auth } from "../client/types.ts";
import type { Platform } from "../connection/platform.ts";
import type { Tape } from "./recorder.ts";

/** The same clock; on tape is when its timers rang, which decides in what order things happened. */
export function recordedClock(clock: Clock, tape: Tape): Clock {
  return {
    now: clock.now,
    after(delayMs, task) {
      const dueMs = clock.now() + Math.max(0, delayMs);
      return clock.after(delayMs, () => {
        tape.note({ type: "timer", dueMs });
        task();
      });
    },
  };
}

/** The same chance; on tape is what decides how long to wait. Ids are seen where they are used. */
export function recordedRandom(random: Random, tape: Tape): Random {
  return {
    fill: (bytes) => random.fill(bytes),
    next() {
      const value = random.next();
      tape.note({ type: "chance", value });
      return value;
    },
  };
}

/** On tape is that a token was had, and how long it is: never the token. */
export function recordedAuth(auth: Auth, tape: Tape): Auth {
  const ask = typeof auth === "string" ? () => auth : auth;
  return () => tape.ask({ port: "auth", call: "token", key: "" }, ask, (token) => token?.length ?? null);
}

/** The same platform, on tape. */
export interface RecordedPlatform {
  readonly platform: Platform;
  /** Notes whether there is a network, if that is not as it was. */
  look(): void;
}

export function recordedPlatform(platform: Platform, tape: Tape): RecordedPlatform {
  let known = true;
  const note = (): void => {
    known = platform.hasNetwork();
    tape.note({ type: "platform", hasNetwork: known });
  };
  return {
    look() {
      if (platform.hasNetwork() !== known) note();
    },
    platform: {
      hasNetwork: () => platform.hasNetwork(),
      subscribe: (listener) =>
        platform.subscribe(() => {
          note();
          listener();
        }),
    },
  };
}
