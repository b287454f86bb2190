import { isNotebook } from "@tidings/core/protocol";
import type { Bus } from "../bus/bus.ts";
import { SYSTEM } from "../system-actor.ts";
import type { Store } from "../store/store.ts";
import type { Trace } from "../store/upkeep.ts";
import type { Clock } from "./clock.ts";
import type { FileDesk } from "./file-desk.ts";
import type { Commits } from "./commits.ts";

export interface ErasureOptions {
  readonly store: Store;
  readonly bus: Bus;
  readonly commits: Commits;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly files: FileDesk | undefined;
}

/** A person, or a conversation. */
export type Erased = { readonly userId: string } | { readonly conversationId: string };

/**
 * May be called again at any time: what was done is found no more.
 *
 * @returns false if there is no such conversation.
 * @throws {Error} if the store cannot erase, or fails.
 */
export function erase(what: Erased, by: string, options: ErasureOptions): Promise<boolean> {
  return "userId" in what
    ? eraseUser(what.userId, by, options).then(() => true)
    : eraseConversation(what.conversationId, by, options);
}

/**
 * Closes it and says that nothing of it is kept, so that whoever is there drops it at once, then deletes the rows. Whoever
 * comes back later finds that they are not in it.
 */
async function eraseConversation(
  conversationId: string,
  by: string,
  { store, commits, clock, newId, files }: ErasureOptions,
): Promise<boolean> {
  const { upkeep } = store;
  if (!upkeep) throw new Error("unable to erase the conversation; the store keeps everything");
  const act = async (command: Closing): Promise<boolean> => {
    const common = { commandId: newId(), conversationId, at: clock.now() };
    const outcome = await commits.act(SYSTEM, { ...common, ...command });
    if (!outcome.ok && outcome.code === "server/unavailable") throw new Error(outcome.message);
    return outcome.ok;
  };
  if (isNotebook(conversationId)) return false;
  if (!(await act({ type: "conversation.status", status: "deleted" }))) return false;
  await act({ type: "conversation.prune", floorSeq: Number.MAX_SAFE_INTEGER });
  const done = { at: clock.now(), actorId: by, action: "conversation.erase", conversationId } as const;
  await store.audit?.note(done);
  while ((await upkeep.forgetConversation(conversationId)) > 0);
  await files?.sweep();
  return true;
}

type Closing =
  | { readonly type: "conversation.status"; readonly status: "deleted" }
  | { readonly type: "conversation.prune"; readonly floorSeq: number };

/**
 * Ends their links first, and refuses the tokens they have, so that nothing of theirs is on its way any more. Takes back
 * what they left by commands, so that every device learns of it, then deletes the rest.
 */
async function eraseUser(
  userId: string,
  by: string,
  { store, bus, commits, clock, newId, files }: ErasureOptions,
): Promise<void> {
  const { upkeep } = store;
  if (!upkeep) throw new Error("unable to erase the user; the store keeps everything");
  const erasedAt = clock.now();
  await store.erasures?.remember(userId, erasedAt);
  bus.publish([{ type: "erased", userId, at: erasedAt }]);
  await commits.judgedSettled(); // What a moderator has yet to look at is refused afterwards.
  const undo = async (trace: Trace): Promise<boolean> => {
    // A deletion is the server's; the others are the person's own.
    const actorId = trace.type === "message.delete" ? SYSTEM : userId;
    const outcome = await commits.act(actorId, { commandId: newId(), at: clock.now(), ...trace });
    if (!outcome.ok && outcome.code === "server/unavailable") throw new Error(outcome.message);
    return outcome.ok && outcome.ack.changes.length > 0;
  };
  const undoAll = async (): Promise<void> => {
    for (;;) {
      const traces = await upkeep.traces(userId);
      const undone = await Promise.all(traces.map(undo));
      // What is refused, as that the last owner leaves, or changes nothing, is deleted without a command.
      if (!undone.includes(true)) break;
    }
  };
  await undoAll();
  await store.audit?.note({ at: clock.now(), actorId: by, action: "user.erase", subject: userId });
  await upkeep.forget(userId, clock.now());
  // Once more, for what another node had under way until it heard of it.
  await undoAll();
  await upkeep.forget(userId, clock.now());
  await files?.sweep();
}
