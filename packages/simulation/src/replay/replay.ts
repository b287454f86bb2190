import { setImmediate as turn } from "node:timers/promises";
import { MessagingError } from "@tidings/core";
import {
  type ClientState,
  giveCommand,
  type RecordedEntry,
  type RecordedError,
  type Recording,
  type RecordingEnd,
  stateOf,
} from "@tidings/core/inspect";
import { repeatCall } from "./calls.ts";
import { differencesOf } from "./differences.ts";
import type { Settle } from "./mailbox.ts";
import { type Asked, createStage, keyOf, type Stage } from "./stage.ts";

/** How a replay ended. */
export interface Replay {
  readonly state: ClientState;
  /** What ended up, or went, another way than in the recording; nothing if both are the same. */
  readonly differences: readonly string[];
}

/**
 * Lets the shipped client live through a recording: it is asked what it was asked, told what it was told, and has for an
 * answer what was the answer, each at its moment. How it moves by that, and how it stands in the end, is compared.
 *
 * @throws {MessagingError} `client/misused` if the recording lacks its beginning, or is of a tab that shared its link
 */
export async function replay(recording: Recording): Promise<Replay> {
  const { header, entries, end } = recording;
  if (header.dropped > 0) throw unable(`its first ${header.dropped} entries had gone before it was exported`);
  if (header.hasTabs) throw unable("it is of a tab that shared its link with others");
  const stage = createStage(recording);
  const { client, translation } = stage;
  await runThrough(stage, recording);
  const state = translation.toRecording(stateOf(client));
  const moved = stage.entries().map((entry) => translation.toRecording(entry));
  void client.close().catch(() => {});
  return { state, differences: differencesOf({ entries, state: end.state }, { entries: moved, state }) };
}

/** More than there are from the mailbox into the client. */
const MOST_TURNS = 16;

/** Every turn of the microtask queue counts here, and each call of an asynchronous function would take one more. */
async function runThrough(stage: Stage, { entries, end }: Recording): Promise<void> {
  const { time } = stage;
  const asked = new Map<number, Asked>();
  let turns = 0;
  for (const entry of [...entries, end]) {
    turns += entry.turns ?? Infinity;
    if (entry.type === "ask") asked.set(entry.id, entry);
    if (!isDoneToIt(entry)) continue;
    const isAnswer = entry.type === "answer";
    if (turns === Infinity)
      await turn(); // every promise that can settle has settled
    // An answer is noted a turn after it was given.
    else for (; turns > (isAnswer ? 1 : 0); turns -= 1) await Promise.resolve();
    turns = 0;
    time.set(entry.at);
    const { answered } = stage;
    perform(stage, entry, asked);
    for (; isAnswer && stage.answered === answered && turns < MOST_TURNS; turns += 1) await Promise.resolve();
    turns = 0;
  }
}

/** Or by it? Then it is to happen by itself. */
function isDoneToIt({ type }: RecordedEntry | RecordingEnd): boolean {
  return ["call", "command", "answer", "heard", "timer", "platform", "end"].includes(type);
}

function perform(stage: Stage, entry: RecordedEntry | RecordingEnd, asked: ReadonlyMap<number, Asked>): void {
  const { client, translation, mailbox, time, network, links } = stage;
  switch (entry.type) {
    case "call":
      return repeatCall(client, entry, translation);
    case "command": {
      const { command, expiresAtMs, at } = translation.toReplay(entry);
      const expiresInMs = expiresAtMs === undefined ? undefined : expiresAtMs - at;
      return void giveCommand(client, command, expiresInMs).catch(() => {});
    }
    case "answer": {
      const question = asked.get(entry.id);
      return question && mailbox.put(keyOf(question), settle(translation.toReplay(entry)));
    }
    case "heard":
      return links.listenerOf(entry.link)?.(translation.toReplay(entry.events));
    case "timer":
      return void time.ring(entry.dueMs);
    case "platform":
      return network.tell(entry.hasNetwork);
    case "ask":
    case "said":
    case "chance":
    case "connection":
    case "delivery":
    case "gap":
    case "fault":
    case "end":
      return; // what it did, and not what was done to it
  }
}

function settle({
  value,
  error,
}: {
  readonly value?: unknown;
  readonly error?: RecordedError | undefined;
}): Settle {
  return (resolve, reject) => (error ? reject(errorOf(error)) : resolve(value));
}

function errorOf({ code, retryable, retryAfterMs, cause }: RecordedError): MessagingError {
  return new MessagingError(code, {
    ...{ retryable, retryAfterMs },
    ...(cause && { cause: new MessagingError(cause) }),
  });
}

function unable(reason: string): MessagingError {
  return new MessagingError("client/misused", { message: `unable to replay the recording; ${reason}` });
}
