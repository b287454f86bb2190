import type { Clock, Random } from "@tidings/core";
import {
  type Accepted,
  apply,
  type ApplyContext,
  type Applied,
  recount,
  withSoundRanges,
} from "@tidings/core/domain";
import { type AnyRecord, type Command, type Limits, noteIdOf } from "@tidings/core/protocol";
import { answerItem, type Given, type Outcome, recall } from "./answers.ts";
import { obstacle } from "./blocks.ts";
import { type Condition, type Dynamo, type Item, number, textOf, type Write } from "./dynamo.ts";
import { isPassing, refusalOf, unavailable } from "./refusal.ts";
import {
  answerKey,
  membershipItem,
  META,
  type Meta,
  messageItem,
  metaItem,
  noteItem,
  participantItem,
  partitionOf,
  reactionItem,
  receiptItem,
  sortKey,
  versionItem,
} from "./rows.ts";
import { Snapshot } from "./snapshot.ts";

export interface CommitsOptions {
  readonly dynamo: Dynamo;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Limits;
  readonly retentionMs: number;
  readonly answersMs: number;
}

export interface Commits {
  /** @param system - may do what no user may; its answer is not remembered. */
  commit(command: Command, userId: string, system?: boolean): Promise<Outcome>;
}

/** How often one command is tried while others of its conversation get in first. */
const MOST_TRIES = 16;
const PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 400;

const absent: Condition = { expression: "attribute_not_exists(pk)" };

/**
 * Takes commands, each in one transaction: its answer, the conversation's head and what it changes stand or fall
 * together. The head must be what it was when the rules were asked, and the answer must not exist. So revisions and
 * sequences have no gaps (B14), and a command takes effect once (D2), however many functions run at a time.
 */
export function createCommits(options: CommitsOptions): Commits {
  const { dynamo, clock, random, limits, answersMs } = options;

  const attempt = async (given: Given, system: boolean): Promise<Outcome | undefined> => {
    const { command, userId, at } = given;
    const context: ApplyContext = { actorId: userId, at, limits, system };
    const { known, snapshot } = await look(dynamo, given);
    if (known) return recall(dynamo, known, given);
    const refused = system ? undefined : await obstacle(dynamo, snapshot, command, userId);
    if (refused) return refused; // not remembered: the same may be given again once the block is lifted
    await snapshot.read(dynamo, likely(command, userId));
    const plan = await snapshot.reading(dynamo, () => {
      const applied = apply(snapshot, withSoundRanges(command, snapshot), context);
      return { applied, writes: applied.ok ? writesOf(options, snapshot, applied) : [] };
    });
    const outcome = outcomeOf(command, plan.applied);
    const isOnce = system || command.type === "receipt.mark" || (!outcome.ok && isPassing(outcome));
    const answer = isOnce ? [] : [{ item: answerItem(given, outcome, answersMs), condition: absent }];
    const writes = [...answer, ...plan.writes];
    return writes.length === 0 || (await dynamo.write(writes)) ? outcome : undefined;
  };

  const pause = (tries: number): Promise<void> =>
    new Promise((resolve) => {
      const most = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** tries);
      clock.after(most * random.next(), resolve);
    });

  return {
    async commit(command, userId, system = false) {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const at = Math.floor(clock.now());
        const outcome = await attempt({ command, userId, at }, system);
        if (outcome) return outcome;
        await pause(tries);
      }
      return refusalOf(unavailable("store the command"));
    },
  };
}

/** The answer a command has had, and its conversation: META before all else of it. */
async function look(
  dynamo: Dynamo,
  { command, at }: Given,
): Promise<{ readonly known: Item | undefined; readonly snapshot: Snapshot }> {
  const { conversationId, commandId } = command;
  const found = await dynamo.get([answerKey(commandId), { pk: partitionOf(conversationId), sk: META }]);
  const known = found.find((item) => textOf(item, "sk") !== META);
  const meta = found.find((item) => textOf(item, "sk") === META);
  return { known, snapshot: new Snapshot(conversationId, meta, at) };
}

/** What the rules are likely to ask for, to be read at once. */
function likely(command: Command, userId: string): readonly string[] {
  const people = "userId" in command ? [userId, command.userId] : [userId];
  return [...people.map(sortKey.participant), ...messagesIn(command), ...ownIn(command, userId)];
}

function messagesIn(command: Command): readonly string[] {
  if ("messageId" in command) return [sortKey.message(command.messageId)];
  if (command.type !== "message.send") return [];
  const { commandId, replyTo, threadId } = command;
  return [commandId, replyTo, threadId].filter((id) => id !== undefined).map(sortKey.message);
}

function ownIn(command: Command, userId: string): readonly string[] {
  if (command.type === "receipt.mark") return [sortKey.receipt(userId)];
  if ("subject" in command) return [sortKey.note(noteIdOf(command.subject))];
  return "emoji" in command ? [sortKey.reaction(command.messageId, command.emoji, userId)] : [];
}

function outcomeOf({ commandId }: Command, applied: Applied): Outcome {
  if (!applied.ok) return applied;
  const { changes, receipt } = applied;
  return { ok: true, ack: { commandId, changes, ...(receipt && { receipt }) } };
}

function writesOf(options: CommitsOptions, snapshot: Snapshot, accepted: Accepted): readonly Write[] {
  const { changes, receipt } = accepted;
  const writes: Write[] = changes.flatMap(({ record }) => recordWrites(record, options.retentionMs));
  if (changes.length > 0) {
    const unmoved = { expression: "headRev = :rev", values: { ":rev": number(snapshot.head.rev) } };
    writes.push({
      item: metaItem(metaAfter(snapshot, accepted)),
      condition: snapshot.meta ? unmoved : absent,
    });
  }
  if (receipt) {
    const values = { ":d": number(receipt.deliveredSeq), ":r": number(receipt.readSeq) };
    const expression = "attribute_not_exists(pk) OR (deliveredSeq <= :d AND readSeq <= :r)";
    writes.push({ item: receiptItem(receipt), condition: { expression, values } });
  }
  return [...writes, ...besides(options, snapshot, accepted)];
}

/** The conversation's own record is in its META. */
function recordWrites(record: AnyRecord, retentionMs: number): readonly Write[] {
  if (record.type === "conversation") return [];
  if (record.type === "note") return [{ item: noteItem(record) }];
  if (record.type === "message") return [{ item: messageItem(record, retentionMs) }];
  return [{ item: participantItem(record) }, { item: membershipItem(record) }];
}

/** What goes with a message: who reacted, and what it said before. It goes when the message goes. */
function besides(
  { retentionMs }: CommitsOptions,
  { pk }: Snapshot,
  { changes, reactions = [], replaced }: Accepted,
): readonly Write[] {
  const message = changes.find(({ record }) => record.type === "message")?.record;
  if (message?.type !== "message") return [];
  const until = message.createdAt + retentionMs;
  const version: Write[] = replaced ? [{ item: versionItem(pk, replaced, until) }] : [];
  const marks = reactions.map(({ messageId, userId, emoji, present }): Write => {
    const sk = sortKey.reaction(messageId, emoji, userId);
    return present ? { item: reactionItem(pk, sk, userId, until) } : { remove: { pk, sk } };
  });
  return [...version, ...marks];
}

function metaAfter(snapshot: Snapshot, { changes }: Accepted): Meta {
  const { conversationId } = snapshot.head;
  let { head, counts, conversation } = snapshot;
  let activeAt = snapshot.meta?.activeAt ?? changes[0]?.at ?? 0;
  for (const { rev, at, record } of changes) {
    const seq = record.type === "message" ? Math.max(head.seq, record.seq) : head.seq;
    if (seq > head.seq) activeAt = at;
    head = { conversationId, rev, seq };
    counts = recount(counts, before(snapshot, record), record);
    if (record.type === "conversation") conversation = record;
  }
  if (!conversation) throw new TypeError("unable to change a conversation that there is not");
  return { head, counts, conversation, activeAt, movedAt: changes.at(-1)?.at ?? activeAt };
}

function before(snapshot: Snapshot, record: AnyRecord): AnyRecord | undefined {
  if (record.type === "conversation") return snapshot.conversation;
  if (record.type === "note") return snapshot.note(noteIdOf(record.subject));
  return record.type === "participant" ? snapshot.participant(record.userId) : snapshot.message(record.id);
}
