import { randomUUID } from "node:crypto";
import { defaultPolicy } from "@tidings/core/protocol";
import type { Store, Submission } from "@tidings/server/store";
import { pastOf } from "./history.ts";

/** Gives the store a past, by the same rules as any command; only the clock is turned back. Returns the messages said. */
export async function seed(store: Store, now: number, daysOfTalk: number): Promise<number> {
  const submissions = pastOf(now, daysOfTalk, idAt).map(({ command, actorId, at }): Submission => ({
    command,
    context: { actorId, at, limits: defaultPolicy.limits },
  }));
  const outcomes = await store.commit(submissions, () => undefined);
  for (const outcome of outcomes) if (!outcome.ok) throw new Error(`unable to seed; ${outcome.message}`);
  return submissions.filter(({ command }) => command.type === "message.send").length;
}

/** A UUID of version 7 (RFC 9562): the time, then chance. */
function idAt(at: number): string {
  const time = at.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
