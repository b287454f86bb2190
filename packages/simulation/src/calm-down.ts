import type { Member } from "./member.ts";
import { settle } from "./storm.ts";
import { until } from "./until.ts";
import type { World } from "./world.ts";

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
