import { SYSTEM } from "../system-actor.ts";
import type { Store } from "../store/store.ts";
import type { Trace } from "../store/upkeep.ts";
import type { Clock } from "./clock.ts";
import type { FileDesk } from "./file-desk.ts";
import type { Commits } from "./commits.ts";

export interface ErasureOptions {
  readonly store: Store;
  readonly commits: Commits;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly files: FileDesk | undefined;
}

/**
 * Takes back what a person left by commands, so that every device learns of it, then deletes the rest. May be called
 * again at any time: what was done is found no more.
 *
 * @throws {Error} if the store cannot erase, or fails.
 */
export async function erase(
  userId: string,
  by: string,
  { store, commits, clock, newId, files }: ErasureOptions,
): Promise<void> {
  const { upkeep } = store;
  if (!upkeep) throw new Error("unable to erase the user; the store keeps everything");
  const undo = async (trace: Trace): Promise<boolean> => {
    // A deletion is the server's; the others are the person's own.
    const actorId = trace.type === "message.delete" ? SYSTEM : userId;
    const outcome = await commits.act(actorId, { commandId: newId(), at: clock.now(), ...trace });
    if (!outcome.ok && outcome.code === "server/unavailable") throw new Error(outcome.message);
    return outcome.ok && outcome.ack.changes.length > 0;
  };
  for (;;) {
    const traces = await upkeep.traces(userId);
    const undone = await Promise.all(traces.map(undo));
    // What is refused, as in an archived conversation, or changes nothing, is deleted without a command.
    if (!undone.includes(true)) break;
  }
  await store.audit?.note({ at: clock.now(), actorId: by, action: "user.erase", subject: userId });
  await upkeep.forget(userId, clock.now());
  await files?.sweep();
}
