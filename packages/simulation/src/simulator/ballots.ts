import type { Change, Command, MessageRecord, Poll } from "@tidings/core/protocol";

/** Who chose what in each poll, counted from the votes that took effect and from nothing else. */
export interface Ballots {
  /** Options chosen by each voter, by message. */
  of(messageId: string): ReadonlyMap<string, readonly number[]>;
  /** The vote by which it stands with somebody as it does, the one that took theirs back included. */
  last(messageId: string, userId: string): string | undefined;
  /** A command took effect. @param before - the message as it was */
  took(
    actorId: string,
    at: number,
    command: Command,
    change: Change,
    before: MessageRecord | undefined,
  ): void;
  erase(): void;
}

/** As many names as a record holds. */
const NAMES = 8;

/** @param violate - told of what a vote must not do */
export function createBallots(violate: (law: string, what: string) => void): Ballots {
  const polls = new Map<string, Map<string, readonly number[]>>();
  const lasts = new Map<string, string>();
  const nobody: ReadonlyMap<string, readonly number[]> = new Map();

  return {
    of: (messageId) => polls.get(messageId) ?? nobody,
    last: (messageId, userId) => lasts.get(`${messageId} ${userId}`),
    erase() {
      polls.clear();
      lasts.clear();
    },
    took(actorId, at, command, change, before) {
      const { record } = change;
      if (record.type !== "message") return;
      const poll = pollOf(record);
      if (!poll) return;
      const votes = polls.get(record.id) ?? new Map<string, readonly number[]>();
      polls.set(record.id, votes);
      if (command.type === "poll.vote") {
        const { closesAt = Infinity } = poll;
        if (before?.tally?.closedAt !== undefined || at >= closesAt || before?.deletedAt !== undefined)
          violate("D3", `a vote of ${actorId} took effect in ${record.id}, which had ended`);
        if (!poll.many && command.choices.length > 1)
          violate("D2", `${actorId} chose ${command.choices.length} of one in ${record.id}`);
        lasts.set(`${record.id} ${actorId}`, command.commandId);
        if (command.choices.length > 0) votes.set(actorId, command.choices);
        else votes.delete(actorId);
        if (poll.anonymous && (change.choices || (change.actorId === actorId && record.authorId !== actorId)))
          violate("D8", `the change of a vote in ${record.id}, an anonymous poll, says whose it was`);
      }
      for (const fault of tallyFaults(record, poll, votes)) violate("D2", `${record.id} ${fault}`);
    },
  };
}

function pollOf({ content, deletedAt }: MessageRecord): Poll | undefined {
  return "text" in content && deletedAt === undefined ? content.poll : undefined;
}

/** What a record says of its votes is what they come to. */
function* tallyFaults(
  { tally }: MessageRecord,
  { options, anonymous }: Poll,
  votes: ReadonlyMap<string, readonly number[]>,
): Generator<string> {
  if (!tally) return yield "is a poll and counts nothing";
  if (tally.voters !== votes.size) yield `counts ${tally.voters} voters of ${votes.size}`;
  for (const option of options.keys()) {
    const people = [...votes].filter(([, choices]) => choices.includes(option)).map(([userId]) => userId);
    const { count, userIds } = tally.results[option] ?? { count: -1, userIds: [] };
    if (count !== people.length) yield `counts ${count} votes of ${people.length} for option ${option}`;
    const expected = anonymous ? [] : people.slice(0, NAMES);
    if ([...userIds].sort().join() !== expected.sort().join())
      yield `names ${userIds.join()} instead of ${expected.join()} for option ${option}`;
  }
}
