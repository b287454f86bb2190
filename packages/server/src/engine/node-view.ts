import { MOST_NAMED, type NodeView, type PresenceEvent, type TypingEvent } from "../bus/bus.ts";
import type { LiveConversation } from "./online.ts";
import type { Roster } from "./roster.ts";

/** The roster, as the bus may read it. */
export function nodeView(roster: Roster): NodeView {
  return {
    isWatched: (conversationId) => (roster.conversation(conversationId)?.watchers?.size ?? 0) > 0,
    watched: () =>
      [...roster.conversations()].filter(({ watchers }) => (watchers?.size ?? 0) > 0).map(({ id }) => id),
    signals(conversationId) {
      const live = roster.conversation(conversationId);
      return live ? signalsOf(live) : [];
    },
    looking(conversationId, userIds) {
      const watchers = [...(roster.conversation(conversationId)?.watchers ?? [])];
      const looking = new Set(
        watchers.flatMap(({ user, status }) => (status === "online" && user?.id) || []),
      );
      return userIds.filter((userId) => looking.has(userId));
    },
  };
}

function signalsOf({ id, users, typing }: LiveConversation): readonly (TypingEvent | PresenceEvent)[] {
  const present: PresenceEvent[] = [];
  for (const { id: userId, status } of users) {
    if (present.length === MOST_NAMED) break;
    if (status !== "offline") present.push({ type: "presence", userId, status, conversationIds: [id] });
  }
  const writing = [...(typing?.keys() ?? [])].map((userId): TypingEvent => ({
    type: "typing",
    conversationId: id,
    userId,
    active: true,
  }));
  return [...present, ...writing.slice(0, MOST_NAMED)];
}
