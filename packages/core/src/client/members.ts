import type { Replica } from "../timeline/replica.ts";
import type { Core } from "./core.ts";
import type { Intent } from "./commands.ts";
import type { Members, Sent } from "./types.ts";

/** The façade of a conversation's participants. */
export function membersOf(core: Core, replica: Replica): Members {
  const { conversationId } = replica;
  const give = (intent: Intent): Promise<Sent> => core.give(conversationId, intent);
  return {
    get: replica.members.get,
    subscribe: replica.members.subscribe,
    load: () => core.loader.participants(replica),
    add: (userId, role) => give({ type: "participant.add", userId, ...(role && { role }) }),
    remove: (userId) => give({ type: "participant.remove", userId }),
    ban: (userId) => give({ type: "participant.ban", userId }),
    unban: (userId) => give({ type: "participant.unban", userId }),
    mute: (userId, until) =>
      give({ type: "participant.mute", userId, ...(until !== undefined && { until }) }),
    unmute: (userId) => give({ type: "participant.unmute", userId }),
    setPermissions: (userId, permissions) =>
      give({ type: "participant.permissions", userId, ...permissions }),
    setRole: (userId, role) => give({ type: "participant.role", userId, role }),
  };
}
