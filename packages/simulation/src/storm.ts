import type { Random } from "@tidings/core";
import { anyOf, isLikely, pick, pickWeighted } from "./chance.ts";
import type { Member } from "./member.ts";
import { badFrames } from "./weather.ts";

/** What goes wrong on the way to a real server, and how often. */
const weights = {
  reset: 2,
  cut: 2,
  cutInFrame: 4,
  refuse: 1,
  latency: 3,
  narrow: 1,
  blackHole: 2,
  frames: 3,
  end: 4,
};

/** Changes what goes wrong for one of them, at random. */
export function disturb(members: readonly Member[], random: Random): void {
  const member = pick(random, members);
  if (!member) return;
  const { proxy, link } = member;
  const direction = isLikely(random, 0.5) ? "up" : "down";
  switch (pickWeighted(random, weights)) {
    case "reset":
      return proxy.reset();
    case "cut":
      return proxy.cut();
    case "cutInFrame":
      return proxy.cutAfter(1 + anyOf(random, 2_000), direction);
    case "refuse":
      return proxy.refuse();
    case "latency":
      return proxy.set({ latencyMs: anyOf(random, 60), jitterMs: anyOf(random, 60) }, direction);
    case "narrow":
      return proxy.set({ bytesPerSecond: 20_000 + anyOf(random, 200_000) }, direction);
    case "blackHole":
      return proxy.set({ blackHole: true }, direction);
    case "frames":
      return link.inject(badFrames(random));
    case "end":
    case undefined:
      return settle(member);
  }
}

/** Nothing goes wrong for this one any more. */
export function settle({ proxy, link }: Member): void {
  proxy.heal();
  link.inject({});
}
