import type { Change, Command, NoteSubject } from "@tidings/core/protocol";
import { NOOK } from "./people.ts";

/** Whom blocks part, and what moderators were told, counted from what took effect and from nothing else. */
export interface Apart {
  took(actorId: string, command: Command, changes: readonly Change[]): void;
  /** Has a block stood between the two for so long that everything knows of it? */
  areApart(oneId: string, otherId: string): boolean;
  /** May anything still hold that a block stands between the two? It did, or does; what it held back comes when it is asked for. */
  wereApart(oneId: string, otherId: string): boolean;
  /** Who has reported what. */
  readonly reports: ReadonlyMap<string, ReadonlySet<string>>;
  /** The bus lost something: what was committed by now may be unheard of. */
  lost(): void;
  erase(): void;
}

interface Block {
  readonly commandId: string;
  readonly takenMs: number;
  /** Since when that was known to have been told. */
  sinceMs?: number;
}

/** What was underway when a block came may still arrive; ms. */
const GRACE_MS = 5_000;
/** If the bus lost it, it is known when it is read again; docs/guides/safety.md. */
const UNHEARD_MS = 60_000;

/** What the other of a direct conversation would see. */
const seen: ReadonlySet<Command["type"]> = new Set([
  "message.send",
  "message.edit",
  "message.react",
  "message.pin",
  "message.unpin",
  "poll.vote",
  "poll.close",
  "conversation.update",
]);

/** @param isTold - was whoever gave this command told that it took effect? Until then nobody has promised anything. */
export function createApart(
  now: () => number,
  isTold: (commandId: string) => boolean,
  violate: (law: string, what: string) => void,
): Apart {
  const blocks = new Map<string, Block>();
  const lifted = new Map<string, number>();
  let lostMs: number | undefined;
  const reports = new Map<string, Set<string>>();
  const stands = (byId: string, ofId: string): boolean => {
    const block = blocks.get(`${byId} ${ofId}`);
    if (!block || !isTold(block.commandId)) return false;
    block.sinceMs ??= now();
    const isUnheard = lostMs !== undefined && lostMs >= block.takenMs;
    return now() - block.sinceMs > GRACE_MS + (isUnheard ? UNHEARD_MS : 0);
  };
  const areApart = (oneId: string, otherId: string): boolean =>
    stands(oneId, otherId) || stands(otherId, oneId);

  const stood = (byId: string, ofId: string): boolean => {
    const block = `${byId} ${ofId}`;
    return blocks.has(block) || now() - (lifted.get(block) ?? -Infinity) <= GRACE_MS + UNHEARD_MS;
  };

  return {
    areApart,
    wereApart: (oneId, otherId) => stood(oneId, otherId) || stood(otherId, oneId),
    reports,
    took(actorId, { type, conversationId, commandId }, changes) {
      const otherId = actorId === "ada" ? "bob" : "ada";
      if (conversationId === NOOK && seen.has(type) && areApart(actorId, otherId))
        violate("D8", `${type} of ${actorId} reached ${otherId}, from whom a block parts them`);
      for (const { record } of changes) {
        if (record.type !== "note") continue;
        const { subject, value } = record;
        const block = `${actorId} ${subject.userId}`;
        if (subject.kind === "block" && value)
          blocks.set(block, blocks.get(block) ?? { commandId, takenMs: now() });
        else if (subject.kind === "block" && blocks.delete(block)) lifted.set(block, now());
        else if (subject.kind === "report" && value) {
          const reporters = reports.get(reported(subject)) ?? new Set();
          reports.set(reported(subject), reporters.add(actorId));
        }
      }
    },
    lost: () => void (lostMs = now()),
    erase() {
      blocks.clear();
      lifted.clear();
      reports.clear();
    },
  };
}

/** What a report, or a case of moderators, is about. */
export function reported({
  conversationId,
  messageId,
  userId = "",
}: Pick<NoteSubject, "conversationId" | "messageId" | "userId">): string {
  return `${conversationId} ${messageId ?? userId}`;
}
