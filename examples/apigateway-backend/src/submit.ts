import { entryOf } from "@tidings/core/errors";
import type { Ack, Command, MalformedFrame, ServerFrame, SubmitFrame } from "@tidings/core/protocol";
import { type BackendAnswer, membersOf } from "@tidings/transport-appsync/backend";
import { type Caller, type Parts, rejectOf } from "./call.ts";

/** What a command has come to, and who comes in or goes out by it. */
interface Event {
  /** Null: nobody else's concern. */
  readonly conversationId: string | null;
  readonly audience: readonly string[];
  readonly payload: Ack;
}

/** Takes a command in its turn, tells all whom it concerns, and then answers: so who waits for the answer keeps the order. */
export async function submit(
  parts: Parts,
  caller: Caller,
  { id, lane, command }: SubmitFrame,
): Promise<ServerFrame> {
  const { connectionId, userId } = caller;
  const { conversationId } = command;
  const expected = lane === undefined ? lane : await parts.lanes.expected(connectionId, conversationId, lane);
  if (lane !== undefined && expected !== undefined && lane > expected) return outOfOrder(id, expected);
  const args = { conversationId, command };
  const answer = await parts.backend({ field: "submit", args, userId });
  if ("error" in answer) return refused(parts, caller, { id, lane, command }, answer.error, expected);
  const event = eventOf(answer);
  await spread(parts, caller, command, event);
  if (lane !== undefined) await parts.lanes.take(connectionId, conversationId, lane);
  return { type: "ack", id, ack: event.payload };
}

/** What cannot be read uses up its number as well, or its lane would wait for ever. */
export async function refuse(
  { lanes }: Parts,
  { connectionId }: Caller,
  { id, lane, conversationId, error }: MalformedFrame,
): Promise<ServerFrame> {
  if (lane !== undefined && conversationId !== undefined) {
    const expected = await lanes.expected(connectionId, conversationId, lane);
    if (lane > expected) return outOfOrder(id, expected);
    await lanes.take(connectionId, conversationId, lane);
  }
  const { code, message } = error;
  return rejectOf(id, { code, message, retryable: false });
}

async function refused(
  { lanes }: Parts,
  { connectionId }: Caller,
  { id, lane, command }: Pick<SubmitFrame, "id" | "command"> & { readonly lane: number | undefined },
  error: Extract<BackendAnswer, { readonly error: unknown }>["error"],
  expected: number | undefined,
): Promise<ServerFrame> {
  const reject = rejectOf(id, error);
  if (lane === undefined || expected === undefined) return reject;
  if (error.retryable) return { ...reject, expected };
  await lanes.take(connectionId, command.conversationId, lane);
  return reject;
}

function outOfOrder(id: number, expected: number): ServerFrame {
  const code = "command/out-of-order";
  const { retryable } = entryOf(code);
  return { type: "reject", id, code, retryable, expected, message: "unable to take it before its turn" };
}

function eventOf(answer: Exclude<BackendAnswer, { readonly error: unknown }>): Event {
  const { conversationId, audience, payload }: Event = Object(answer.value);
  return { conversationId, audience, payload };
}

/** Everybody who is in hears of it, and who was until now; also of a command that comes again, as its first telling may have failed. */
async function spread(
  { database, delivery }: Parts,
  { connectionId, userId }: Caller,
  command: Command,
  { conversationId, audience, payload }: Event,
): Promise<void> {
  const { changes, receipt } = payload;
  const changed = changes.map((change): ServerFrame => ({ type: "change", change }));
  const frames: ServerFrame[] = [...changed, ...(receipt ? [{ type: "receipt", receipt } as const] : [])];
  if (frames.length === 0) return;
  const isPrivate = conversationId === null;
  const members = isPrivate ? undefined : await membersOf(database, conversationId);
  const isTyping = command.type === "message.send" && (members?.settings.typing ?? false);
  const over: ServerFrame = {
    type: "signal",
    signal: { type: "typing", conversationId: command.conversationId, userId, active: false },
  };
  await delivery.tell(
    isPrivate ? [userId] : [...(members?.userIds ?? []), ...audience],
    (connection) =>
      isTyping && connection.userId !== userId && connection.watching.includes(command.conversationId)
        ? [...frames, over]
        : frames,
    connectionId,
  );
}
