import type { Random } from "@tidings/core";
import { anyOf, isLikely, pick, pickWeighted } from "./chance.ts";
import type { Member } from "./member.ts";
import { until } from "./until.ts";
import { badFrames } from "./weather.ts";
import type { World } from "./world.ts";

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
function settle({ proxy, link }: Member): void {
  proxy.heal();
  link.inject({});
}

const isIn = ({ room, userId }: Member): boolean =>
  room.members.get().some((member) => member.userId === userId);

/** Ends all trouble, sees to it that everybody is in, and lets them resume once more. */
export async function calmDown({ members }: World): Promise<void> {
  const instead = (): unknown => members.map((each) => [each.userId, isIn(each), each.errors.at(-1)?.code]);
  members.forEach(settle);
  await resume(members);
  for (const member of members) {
    const comeBack = async (): Promise<boolean> => {
      if (!isIn(member)) await (await member.room.join()).settled().catch(() => {});
      return isIn(member);
    };
    await until("everybody back in", comeBack, { instead });
  }
  await resume(members);
}

async function resume(members: readonly Member[]): Promise<void> {
  for (const { client } of members) client.disconnect();
  await Promise.all(members.map(({ client }) => client.connect()));
}
