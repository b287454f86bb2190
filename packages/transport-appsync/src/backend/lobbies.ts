import type { Clock } from "@tidings/core";
import type { Commits } from "./commits.ts";
import type { Dynamo } from "./dynamo.ts";
import { partitionOf, sortKey } from "./rows.ts";

/** The actor of what the backend does by itself. */
const SYSTEM = "system";

/**
 * Brings a user into the conversations that everybody comes into, and makes those that do not exist. Whoever left one, or
 * was removed from it, is left alone.
 */
export function createLobbies(
  lobbies: Readonly<Record<string, string>>,
  { dynamo, commits, clock }: { readonly dynamo: Dynamo; readonly commits: Commits; readonly clock: Clock },
): (userId: string) => Promise<void> {
  const join = async (userId: string, conversationId: string, name: string): Promise<void> => {
    const [known] = await dynamo.get([{ pk: partitionOf(conversationId), sk: sortKey.participant(userId) }]);
    if (known) return;
    const at = Math.floor(clock.now());
    const stamp = () => ({ commandId: newId(at), conversationId, at });
    const joining = { type: "participant.join", ...stamp() } as const;
    const joined = await commits.commit(joining, userId, true);
    if (joined.ok || joined.code !== "conversation/not-found") return;
    await commits.commit({ type: "conversation.create", ...stamp(), kind: "community", name }, SYSTEM, true);
    await commits.commit(joining, userId, true);
  };
  return async (userId) => {
    for (const [conversationId, name] of Object.entries(lobbies)) await join(userId, conversationId, name);
  };
}

/** A UUID of version 7. Nothing is asked of its order. */
function newId(at: number): string {
  const time = at.toString(16).padStart(12, "0");
  const [, , third = "", ...rest] = crypto.randomUUID().split("-");
  return [time.slice(0, 8), time.slice(8), `7${third.slice(1)}`, ...rest].join("-");
}
