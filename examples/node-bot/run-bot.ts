import {
  type Client,
  type Conversation,
  type ErrorCategory,
  isMessagingError,
  type TimelineItem,
} from "@tidings/core";
import type { MessageRecord } from "@tidings/core/protocol";
import { answerIdOf } from "./answer-id.ts";

export interface BotOptions {
  readonly client: Client;
  /** Makes the ids of answers; the same for all lives of the bot. */
  readonly secret: string;
  readonly answerTo: (text: string) => string | undefined;
  /** How far the answer to a question has got. */
  readonly onStep?: (step: "begun" | "kept" | "accepted", questionId: string) => void;
  readonly onError?: (error: unknown, questionId: string) => void;
}

/** Up to where a conversation has been dealt with in this life; the watermark follows, for the next. */
interface Done {
  seq: number;
}

/** Who was away for longer leaves what is older unanswered. */
const MOST_PAGES = 20;

/**
 * Answers every question in every conversation of the client, once. What it has dealt with, its own read watermark says:
 * it moves when the answer is accepted, so a successor begins with the question at which its predecessor was killed.
 *
 * @returns ends it
 */
export function runBot(options: BotOptions): () => void {
  const { client } = options;
  const rooms = new Map<string, () => void>();
  let isOver = false;

  /** One conversation at a time: each is looked through again when something happened meanwhile. */
  const watch = (room: Conversation): (() => void) => {
    const done: Done = { seq: 0 };
    let isBusy = false;
    let isStale = true;
    const look = async (): Promise<void> => {
      isStale = true;
      if (isBusy) return;
      isBusy = true;
      while (isStale && !isOver) {
        isStale = false;
        await answerAll(room, done, options, () => isOver).catch((error: unknown) =>
          options.onError?.(error, ""),
        );
      }
      isBusy = false;
    };
    void look();
    const ends = [room.timeline, room.members, client.connection].map((each) =>
      each.subscribe(() => void look()),
    );
    return () => ends.forEach((end) => end());
  };

  const follow = (): void => {
    for (const { conversationId } of client.conversations.get())
      if (!rooms.has(conversationId)) rooms.set(conversationId, watch(client.conversation(conversationId)));
  };
  follow();
  const ends = [client.conversations.subscribe(follow)];
  return () => {
    isOver = true;
    for (const end of [...ends, ...rooms.values()]) end();
  };
}

async function answerAll(
  room: Conversation,
  done: Done,
  options: BotOptions,
  isOver: () => boolean,
): Promise<void> {
  const { client, onError } = options;
  if (client.connection.get().name !== "online") return; // it looks again then
  for (const question of await questionsIn(room, done, client)) {
    if (isOver()) return;
    try {
      await answer(room, question, options);
    } catch (error) {
      onError?.(error, question.id);
      if (!isRefused(error)) return; // such as a full disk: it is not ticked off, and tried again when something happens
    }
    done.seq = question.seq;
    room.markRead(question.seq);
  }
}

/** The backend will not have this answer, now or later: the next question may fare better. */
function isRefused(error: unknown): boolean {
  return isMessagingError(error) && !error.retryable && REFUSALS.includes(error.category);
}

const REFUSALS: readonly ErrorCategory[] = ["input", "permission", "conflict", "limit"];

async function answer(room: Conversation, question: MessageRecord, options: BotOptions): Promise<void> {
  const { secret, answerTo, onStep } = options;
  const text = "text" in question.content ? answerTo(question.content.text) : undefined;
  if (text === undefined) return;
  onStep?.("begun", question.id);
  const sent = await room.send(text, { id: answerIdOf(question.id, secret), replyTo: question.id });
  onStep?.("kept", question.id); // on storage: it will get there, whatever becomes of us
  await sent.settled();
  onStep?.("accepted", question.id);
}

/** What others have said since the bot came in and last looked, oldest first. */
async function questionsIn(
  room: Conversation,
  done: Done,
  client: Client,
): Promise<readonly MessageRecord[]> {
  const self = client.userId.get();
  const joinedAt = room.members.get().find(({ userId }) => userId === self)?.joinedAt;
  if (joinedAt === undefined || !room.timeline.get().complete) return []; // still loading
  const { readSeq = 0 } = room.receipts.get().find(({ userId }) => userId === self) ?? {};
  const doneSeq = Math.max(done.seq, readSeq);
  for (let page = 0; page < MOST_PAGES && oldestSeq(room) > doneSeq + 1; page += 1) {
    if (!room.timeline.get().hasOlder) break;
    await room.timeline.loadOlder();
  }
  return [...room.timeline.get().items]
    .flatMap((item) => messageOf(item) ?? [])
    .filter(
      ({ seq, authorId, createdAt, deletedAt }) =>
        seq > doneSeq && authorId !== self && createdAt >= joinedAt && deletedAt === undefined,
    );
}

function oldestSeq(room: Conversation): number {
  return messageOf(room.timeline.get().items.at(0))?.seq ?? 0;
}

function messageOf(item: TimelineItem | undefined): MessageRecord | undefined {
  return item?.type === "message" ? item.message : undefined;
}
