import type { Clock } from "../base/clock.ts";
import type { Cell, Scope } from "../base/observable.ts";
import type { Welcome } from "../protocol/frames.ts";
import { defaultPolicy, type Policy } from "../protocol/policy.ts";

/** What the backend has said about the user and itself; from the last link until the next says otherwise. */
export interface Session {
  readonly userId: Cell<string | undefined>;
  readonly policy: Cell<Policy>;
  /** It has said which conversations the user is in. */
  readonly listed: Cell<boolean>;
  /** Of the backend's numbering, once it has said so. */
  epoch(): string | undefined;
  /** What the backend's numbering was a moment ago, for as long as this one has not said. */
  suppose(epoch: string): void;
  /** Our best guess of the backend's clock, ms: for display and mutes, it orders nothing (D3). */
  serverNow(): number;
  welcome(welcome: Welcome): void;
}

export function createSession(clock: Clock, scope: Scope, knownUserId: string | undefined): Session {
  const userId = scope.cell(knownUserId);
  const policy = scope.cell(defaultPolicy);
  const listed = scope.cell(false);
  let aheadMs = 0;
  let epoch: string | undefined;
  return {
    userId,
    policy,
    listed,
    epoch: () => epoch,
    suppose: (next) => void (epoch ??= next),
    serverNow: () => Math.max(0, Math.round(clock.now() + aheadMs)),
    welcome(welcome) {
      epoch = welcome.epoch;
      aheadMs = welcome.at - clock.now();
      if (welcome.userId !== userId.get()) listed.set(false); // that was about somebody else
      userId.set(welcome.userId);
      policy.set(welcome.policy);
    },
  };
}
