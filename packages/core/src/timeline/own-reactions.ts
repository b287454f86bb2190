import { unnamedMarks } from "../domain/poll.ts";
import { optionMark } from "../protocol/polls.ts";
import type { OwnReactions } from "../protocol/within.ts";
import type { MessageRecord } from "../protocol/records.ts";

/**
 * Which reactions and votes are the reader's own, for records with more of them than names. Each fact carries the revision it was
 * learned at; the higher one wins.
 */
export interface ReactionFacts {
  has(messageId: string, mark: string): boolean;
  note(messageId: string, mark: string, isPresent: boolean, rev: number): void;
  /** One voted for these options of a poll, and for no others. */
  noteVote(message: MessageRecord, choices: readonly number[], rev: number): void;
  /** `own` says all there is to say about these messages as of `rev`. */
  noteAll(messages: readonly MessageRecord[], own: OwnReactions, rev: number): void;
}

/** Beyond it all are forgotten; then only the backend knows (D9). */
const MOST_FACTS = 10_000;

/** @param onChange - of this message something else is known now. Whoever shows it, or keeps it, has to look again. */
export function createReactionFacts(onChange: (messageId: string) => void): ReactionFacts {
  /** Positive revisions: present; negative: taken back. */
  const facts = new Map<string, number>();

  const note: ReactionFacts["note"] = (messageId, mark, isPresent, rev) => {
    const key = messageId + mark;
    const known = facts.get(key) ?? 0;
    if (Math.abs(known) > rev) return;
    if (facts.size >= MOST_FACTS) facts.clear();
    facts.set(key, isPresent ? rev : -rev);
    if (known > 0 !== isPresent) onChange(messageId);
  };

  return {
    note,
    has: (messageId, mark) => (facts.get(messageId + mark) ?? 0) > 0,
    noteVote: ({ id, tally }, choices, rev) =>
      tally?.results.forEach((_, option) => note(id, optionMark(option), choices.includes(option), rev)),
    noteAll(messages, own, rev) {
      for (const message of messages) {
        const { id } = message;
        for (const mark of unnamedMarks(message)) note(id, mark, own[id]?.includes(mark) ?? false, rev);
      }
    },
  };
}
