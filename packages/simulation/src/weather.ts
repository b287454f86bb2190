import type { Random } from "@tidings/core";
import type { ErrorCode } from "@tidings/core/errors";
import { defaultPolicy } from "@tidings/core/protocol";
import type { LinkFaults } from "@tidings/core/testing";
import { anyOf, isLikely, pick, pickWeighted } from "./chance.ts";
import type { VirtualWorld } from "./virtual-world.ts";

/** What goes wrong, and how often. */
const weights = {
  cut: 3,
  cutAll: 1,
  outage: 1,
  end: 4,
  loseAcks: 3,
  loseSubmits: 1,
  losePushes: 3,
  doublePushes: 2,
  reorderPushes: 2,
  refuseForNow: 3,
  refuseForGood: 1,
  hold: 1,
  delay: 2,
  frames: 3,
  newEpoch: 0.3,
  forgetChanges: 0.5,
  throttle: 0.7,
};

const passing: readonly ErrorCode[] = [
  "server/unavailable",
  "server/internal",
  "rate/limited",
  "protocol/busy",
];
const final: readonly ErrorCode[] = ["permission/denied", "command/malformed", "message/deleted"];

/** Changes what goes wrong, at random. */
export function change(world: VirtualWorld, random: Random): void {
  const { backend, members } = world;
  const { faults } = backend;
  const member = pick(random, members);
  switch (pickWeighted(random, weights)) {
    case "cut":
      return member?.link.cut();
    case "cutAll":
      return faults.cut();
    case "outage":
      return faults.offline(isLikely(random, 0.3));
    case "end":
      return clear(world);
    case "loseAcks":
      return faults.dropAcks(1 + anyOf(random, 4));
    case "loseSubmits":
      return faults.dropSubmits(1 + anyOf(random, 2));
    case "losePushes":
      return faults.dropPushes(random.next() * 0.6);
    case "doublePushes":
      return faults.duplicatePushes(isLikely(random, 0.5));
    case "reorderPushes":
      return faults.reorderPushes(isLikely(random, 0.5));
    case "refuseForNow":
      return faults.refuseNext(pick(random, passing) ?? "server/unavailable", {
        times: 1 + anyOf(random, 6),
        ...(isLikely(random, 0.5) && { retryAfterMs: anyOf(random, 3_000) }),
      });
    case "refuseForGood":
      return faults.refuseNext(pick(random, final) ?? "permission/denied");
    case "hold":
      return isLikely(random, 0.5) ? faults.hold() : faults.release();
    case "delay":
      return faults.delay(isLikely(random, 0.5) ? anyOf(random, 3_000) : 0);
    case "frames":
      return member?.link.inject(badFrames(random));
    case "newEpoch":
      return world.beginEpoch();
    case "forgetChanges":
      return faults.prune();
    case "throttle":
      return backend.setPolicy({ ...defaultPolicy, rates: isLikely(random, 0.5) ? [slow] : [] });
    case undefined:
  }
}

const slow = { name: "minute", scope: "user", tokens: 60, perMs: 60_000, burst: 5 } as const;

/** Frames that get lost, doubled or late, some more, some less often. */
export function badFrames(random: Random): LinkFaults {
  const probability = random.next() * 0.3;
  const maybe = (): boolean => isLikely(random, probability);
  return {
    ...(isLikely(random, 0.3) && { loseAck: maybe }),
    ...(isLikely(random, 0.3) && { repeatSubmit: maybe }),
    ...(isLikely(random, 0.3) && { dropEvent: maybe }),
    ...(isLikely(random, 0.3) && { repeatEvent: maybe }),
    ...(isLikely(random, 0.3) && { delayEvent: maybe }),
  };
}

/** Nothing goes wrong any more. What was to be refused still is. */
export function clear({ backend, members }: VirtualWorld): void {
  const { faults } = backend;
  faults.offline(false);
  faults.dropAcks(0);
  faults.dropSubmits(0);
  faults.dropPushes(0);
  faults.duplicatePushes(false);
  faults.reorderPushes(false);
  faults.delay(0);
  faults.release();
  for (const { link } of members) link.inject({});
}
