import { randomUUID } from "node:crypto";
import type { RoomPlan, SquadPlan } from "./bots/squad.ts";
import type { LoadSettings } from "./options.ts";

/** Spreads clients over conversations, and conversations over processes: all members of one are in the same. */
export async function plansOf(settings: LoadSettings): Promise<readonly SquadPlan[]> {
  const { url, clients, member, bytes, addresses, rampPerSecond } = settings;
  const rooms = Math.min(settings.rooms, clients);
  const squads = Math.max(1, Math.min(settings.processes, rooms));
  const members = await Promise.all(Array.from({ length: clients }, (_, index) => member(index)));
  const plans = members.slice(0, rooms).map((_, room): RoomPlan => ({
    conversationId: randomUUID(), // a server may let people begin no others
    members: members.filter((__, index) => index % rooms === room),
  }));
  return Array.from({ length: squads }, (_, squad) => {
    const own = plans.filter((__, room) => room % squads === squad);
    const firstClient = Math.floor((squad * clients) / squads);
    return { url, rooms: own, rampPerSecond: rampPerSecond / squads, bytes, addresses, firstClient };
  });
}
