import type { Query } from "@tidings/core/protocol";
import { exportReading } from "../archive/export-archive.ts";
import type { Answer, Refusal } from "../store/store.ts";
import type { ApiEngine, GuardedHandler } from "./door.ts";
import { sendProblem } from "../gateway/problem.ts";
import { actorOf, readsForNobody } from "./caller.ts";
import { problemLine, sendLines } from "./lines.ts";
import { paramsOf } from "./reading.ts";

/** Records asked for at once. */
const PAGE = 100;

type Ask = (query: Query) => Promise<Answer>;

/**
 * A conversation as JSON Lines: its record, its participants, then its messages, oldest first, each followed by its
 * earlier texts. Read page by page as it is taken, with the eyes of who asks: whoever is removed meanwhile gets no more,
 * and a last line that says why.
 */
export function conversationExport(engine: ApiEngine, now: () => number): GuardedHandler {
  return async (asker, request, reply) => {
    const { caller } = asker;
    if (!caller || caller.isSystem) return sendProblem(reply, readsForNobody);
    const { conversationId = "" } = paramsOf(request);
    const ask: Ask = (query) => engine.query(caller.userId, query);
    const first = await ask({ type: "conversation", conversationId });
    if (!first.ok) return sendProblem(reply, first);
    await engine.note({ action: "conversation.export", actorId: actorOf(asker), conversationId });
    const scope = { of: "reading", userId: caller.userId, conversationId } as const;
    return sendLines(reply, exportReading(scope, itemsOf(ask, conversationId), now()));
  };
}

async function* itemsOf(ask: Ask, conversationId: string): AsyncGenerator<{ readonly type: string }> {
  for (const part of [conversation, participants, messages]) {
    for await (const answer of part(ask, conversationId)) {
      if ("ok" in answer) return yield problemLine(answer);
      yield answer;
    }
  }
}

type Part = AsyncGenerator<{ readonly type: string } | Refusal>;

async function* conversation(ask: Ask, conversationId: string): Part {
  const answer = await ask({ type: "conversation", conversationId });
  if (!answer.ok) return yield answer;
  if ("conversation" in answer.result) yield answer.result.conversation;
}

async function* participants(ask: Ask, conversationId: string): Part {
  let after: string | undefined;
  do {
    const from = after === undefined ? {} : { after };
    const answer = await ask({ type: "participants", conversationId, limit: PAGE, ...from });
    if (!answer.ok) return yield answer;
    if (!("items" in answer.result)) return;
    for (const item of answer.result.items) if (typeof item === "object" && "type" in item) yield item;
    after = answer.result.next;
  } while (after !== undefined);
}

async function* messages(ask: Ask, conversationId: string): Part {
  for (let after = 0; ;) {
    const answer = await ask({ type: "history", conversationId, after, limit: PAGE });
    if (!answer.ok) return yield answer;
    if (!("toSeq" in answer.result)) return;
    const { messages: page, toSeq } = answer.result;
    for (const message of page) {
      yield message;
      if (message.version > 0) yield* versions(ask, conversationId, message.id);
    }
    if (page.length === 0 || toSeq <= after) return;
    after = toSeq;
  }
}

async function* versions(ask: Ask, conversationId: string, messageId: string): Part {
  const answer = await ask({ type: "versions", conversationId, messageId });
  if (!answer.ok) return yield answer;
  if (!Array.isArray(answer.result)) return;
  for (const version of answer.result) yield { type: "version", ...version };
}
