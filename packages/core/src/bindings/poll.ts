import type { Observable, Unsubscribe } from "../base/observable.ts";
import { whileWatched } from "../base/while-watched.ts";
import { internalsOf } from "../client/internals.ts";
import type { Client, Sent } from "../client/types.ts";
import { isSameJson } from "../domain/outcome.ts";
import { isOpen, pollOf } from "../domain/poll.ts";
import type { CustomSchemas } from "../compose/custom.ts";
import type { Poll, PollTally } from "../protocol/polls.ts";
import type { MessageRecord } from "../protocol/records.ts";

/** A poll as it is shown. */
export interface PollView {
  readonly poll: Poll;
  readonly tally: PollTally;
  /** What one has chosen oneself, in the order of the options. */
  readonly choices: readonly number[];
  /** Votes are taken; when the time of the poll is over this turns by itself. */
  readonly isOpen: boolean;
  /** One may end it. */
  readonly mayClose: boolean;
}

export interface PollHandle {
  /** `undefined` while the message is not loaded, or is no poll. Live for as long as somebody listens. */
  readonly view: Observable<PollView | undefined>;
  /** Votes for this option, or for it no more; of one choice it takes the place of the other. */
  toggle(option: number): Promise<Sent>;
  close(): Promise<Sent>;
}

/** The longest a timer runs in one go: browsers fire those beyond 24 days at once. */
const LONGEST_WAIT_MS = 86_400_000;

/**
 * A poll of a conversation: how it stands, one's own choices, and whether it is still open.
 *
 * Who votes in an anonymous poll is told to nobody, so one's other devices do not hear of it either: they ask what one's
 * own vote is when somebody begins to look, and after each vote that may have been it.
 */
export function openPoll<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  conversationId: string,
  messageId: string,
): PollHandle;
export function openPoll(client: Client, conversationId: string, messageId: string): PollHandle {
  const { core } = internalsOf(client);
  const { scope, clock, loader, directory } = core;
  const room = client.conversation(conversationId);
  const replica = directory.open(conversationId);
  let isAsking = false;
  let isOutdated = false;

  const message = (): MessageRecord | undefined => replica.records.message(messageId);

  const view = scope.lazy((): PollView | undefined => {
    const record = message();
    const poll = record && pollOf(record.content);
    if (!record?.tally || !poll) return undefined;
    const choices = [...poll.options.keys()].filter((option) => room.hasVoted(messageId, option));
    const isTheirs = record.authorId === core.userId();
    const isModerator = room.record.get()?.kind !== "direct" && room.may("message.delete-any");
    return {
      ...{ poll, tally: record.tally, choices, isOpen: isOpen(record, clock.now()) },
      mayClose: record.tally.closedAt === undefined && (isTheirs || isModerator),
    };
  }, isSameJson);

  /** One question at a time, and one more if there was cause to ask meanwhile (D9). */
  const ask = async (): Promise<void> => {
    isOutdated = true;
    while (isOutdated && !isAsking) {
      const { seq, content } = message() ?? {};
      if (!seq || !content || !pollOf(content)?.anonymous) return;
      isAsking = true;
      isOutdated = false;
      const page = { type: "history", conversationId, around: seq, limit: 1 } as const;
      await loader.query(page).then(replica.acceptHistory, () => {}); // by the next link, then
      isAsking = false;
      view.invalidate();
    }
  };

  const follow = (): readonly Unsubscribe[] => {
    let cancel = (): void => {};
    const wait = (): void => {
      cancel();
      const { content } = message() ?? {};
      const left = ((content && pollOf(content)?.closesAt) ?? 0) - clock.now();
      if (left > 0) cancel = clock.after(Math.min(left, LONGEST_WAIT_MS), wait);
      view.invalidate();
    };
    wait();
    return [
      () => cancel(),
      room.timeline.subscribe(wait),
      client.on("change", ({ kind, record }) => {
        if (kind === "poll.vote" && record.type === "message" && record.id === messageId) void ask();
      }),
      client.connection.subscribe(({ name }) => {
        if (name === "online") void ask();
      }),
    ];
  };

  const begin = (): readonly Unsubscribe[] => {
    void ask();
    return follow();
  };

  return {
    view: whileWatched(view, begin),
    toggle(option) {
      const { poll, choices = [] } = view.get() ?? {};
      const others = choices.filter((each) => each !== option);
      const kept = poll?.many ? others : [];
      return room.vote(messageId, choices.includes(option) ? others : [...kept, option]);
    },
    close: () => room.closePoll(messageId),
  };
}
