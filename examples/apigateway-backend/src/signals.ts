import type { ServerFrame, Signal, SignalEvent } from "@tidings/core/protocol";
import { membersOf } from "@tidings/transport-appsync/backend";
import type { Caller, Parts } from "./call.ts";
import type { Connection } from "./connections.ts";

/** Typing and presence: neither stored nor answered, shown to members who look. */
export async function signal(parts: Parts, caller: Caller, given: Signal): Promise<void> {
  const { connections } = parts;
  const { connectionId, userId } = caller;
  if (given.type === "typing") {
    const { conversationId, active } = given;
    return show(parts, userId, conversationId, { type: "typing", conversationId, userId, active });
  }
  if (given.type === "presence") {
    const { status } = given;
    const connection = await connections.change(connectionId, () => ({ status }));
    if (connection) await showPresence(parts, connection, status);
    return;
  }
  const before = await connections.find(connectionId);
  const connection = await connections.change(connectionId, () => ({ watching: given.conversationIds }));
  if (!connection) return;
  const fresh = given.conversationIds.filter((id) => !before?.watching.includes(id));
  await Promise.all(fresh.map((conversationId) => meet(parts, connection, conversationId)));
}

/** How somebody appears from now on, to those who look at what they look at. */
export async function showPresence(
  parts: Parts,
  { userId = "", watching }: Connection,
  status: Connection["status"],
): Promise<void> {
  const event: SignalEvent = { type: "presence", userId, status };
  await Promise.all(watching.map((conversationId) => show(parts, userId, conversationId, event)));
}

async function show(
  { database, delivery }: Parts,
  userId: string,
  conversationId: string,
  event: SignalEvent,
): Promise<void> {
  const members = await membersOf(database, conversationId);
  if (!members?.userIds.includes(userId) || (event.type === "typing" && !members.settings.typing)) return;
  const others = members.userIds.filter((each) => each !== userId);
  const frames: readonly ServerFrame[] = [{ type: "signal", signal: event }];
  await delivery.tell(others, ({ watching }) => (watching.includes(conversationId) ? frames : []));
}

/** Who begins to look is told who looks, and the other way round. */
async function meet(parts: Parts, connection: Connection, conversationId: string): Promise<void> {
  const { database, delivery, connections } = parts;
  const { id, userId = "", status } = connection;
  const members = await membersOf(database, conversationId);
  if (!members?.userIds.includes(userId)) return;
  const others = members.userIds.filter((each) => each !== userId);
  const found = (await Promise.all(others.map((each) => connections.ofUser(each)))).flat();
  const looking = found.filter(
    ({ state, watching }) => state === "open" && watching.includes(conversationId),
  );
  const shown = looking.map((each): ServerFrame => ({
    type: "signal",
    signal: { type: "presence", userId: each.userId ?? "", status: each.status },
  }));
  if (shown.length > 0) await delivery.say(id, shown);
  await show(parts, userId, conversationId, { type: "presence", userId, status });
}
