import { type Command, notebookOf } from "@tidings/core/protocol";
import { type CaseDecision, type ModerationCase, statusAfter } from "../store/cases.ts";
import type { Outcome, Refusal, Store } from "../store/store.ts";
import type { Caller } from "./caller.ts";
import type { Clock } from "./clock.ts";
import type { Commits } from "./commits.ts";
import { refuse } from "./packets.ts";

/** What a moderator wants done about a case. */
export interface Judgement {
  readonly case: ModerationCase;
  readonly decision: CaseDecision;
  /** Of the case, as the moderator has seen it: what has changed since they do not decide about. */
  readonly revision: number;
  /** Shown in the place of what is removed. */
  readonly reason?: string | undefined;
}

export interface DecideOptions {
  readonly store: Pick<Store, "cases">;
  readonly commits: Pick<Commits, "act">;
  /** See `Engine`. */
  readonly perform: (caller: Caller, command: Command) => Promise<Outcome>;
  readonly clock: Clock;
  readonly newId: () => string;
}

/**
 * Does what was decided, then writes down that it was, then tells the author who appealed. Each may be done again: whoever
 * ends in the middle, or is one of two, asks once more and finds done what is. The commands are the moderator's own, by
 * the rules of all.
 *
 * @param by - whom the audit log names.
 * @throws {Error} if the store fails; ask again.
 */
export async function decide(
  { case: found, decision, revision, reason }: Judgement,
  caller: Caller,
  by: string,
  { store: { cases }, commits, perform, clock, newId }: DecideOptions,
): Promise<ModerationCase | Refusal> {
  const { id, status } = found;
  const isDone = status === statusAfter[decision];
  if (!cases) return noCases;
  if (decision === "remove" && found.messageId === undefined) return nothingToRemove;
  // What was pointed at stays said, whatever its author makes of it now; an approval is of what was read.
  const isOfFlags = decision !== "approve" && status === "open" && found.messageId !== undefined;
  if (!isDone && !isOfFlags && found.revision !== revision) return changed;
  const isFree = status === "open" || status === "appealed" || (status === "removed" && decision === "ban");
  if (isFree) {
    for (const command of commandsOf(found, decision, reason)) {
      const common = { commandId: newId(), conversationId: found.conversationId, at: clock.now() };
      const outcome = await perform(caller, { ...common, ...command });
      if (!outcome.ok && !isGone(outcome)) return outcome;
    }
    const after = isOfFlags ? await cases.find(id) : undefined;
    const isStill = after?.status === "removed" || after?.status === "open";
    const decided = { id, revision: isStill ? after.revision : revision };
    await cases.decide(decided, decision, { actorId: by, at: clock.now() });
  }
  const now = await cases.find(id);
  if (!now) return noCase;
  if (now.status !== statusAfter[decision]) return now.revision === revision ? decidedOtherwise : changed;
  await tell(now, commits, { commandId: newId(), at: clock.now() });
  return now;
}

type Draft = { readonly type: "participant.ban"; readonly userId: string } | Deletion;
type Deletion = { readonly type: "message.delete"; readonly messageId: string; readonly reason?: string };

/** The ban first: if it is refused nothing has happened. */
function commandsOf(
  { messageId, userId }: ModerationCase,
  decision: CaseDecision,
  reason: string | undefined,
): readonly Draft[] {
  if (decision === "approve") return [];
  const ban = decision === "ban" ? [{ type: "participant.ban", userId } as const] : [];
  if (messageId === undefined) return ban;
  return [...ban, { type: "message.delete", messageId, ...(reason !== undefined && { reason }) }];
}

/** It is kept no more, so there is nothing left to remove. */
function isGone({ code }: Refusal): boolean {
  return code === "message/not-found";
}

/** The answer stands in the author's notebook, where they asked. Nobody else can write it. */
async function tell(
  { conversationId, messageId, userId, appeal, status }: ModerationCase,
  commits: Pick<Commits, "act">,
  common: Pick<Command, "commandId" | "at">,
): Promise<void> {
  if (appeal === undefined || messageId === undefined) return;
  const outcome: Outcome = await commits.act(userId, {
    ...{ ...common, type: "note.set", conversationId: notebookOf(userId) },
    subject: { kind: "appeal", conversationId, messageId },
    value: { text: appeal, outcome: status === "approved" ? "granted" : "refused" },
  });
  if (!outcome.ok) throw new Error(outcome.message);
}

export const noCases: Refusal = refuse(
  "command/unsupported",
  "unable to answer; this server's store keeps no cases",
);
/** For a case that does not exist and for one of others: word for word the same. */
export const noCase: Refusal = refuse(
  "moderation/not-found",
  "unable to find the case; it does not exist, or you do not moderate its conversation",
);
const decidedOtherwise = refuse(
  "moderation/decided",
  "unable to decide; another moderator did, and otherwise",
);
const changed = refuse(
  "moderation/changed",
  "unable to decide; it was edited, or its author appealed, since you have read it",
);
const nothingToRemove = refuse("command/malformed", "unable to remove; the case is about a person");
