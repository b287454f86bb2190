import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { type Problem, problemOf } from "../gateway/problem.ts";
import { unavailable } from "./audit.ts";
import type { Refusal } from "../store/store.ts";

/** Answers with JSON Lines, made when whoever reads has room for them. */
export function sendLines(reply: FastifyReply, text: AsyncIterable<string>): FastifyReply {
  return reply.type("application/x-ndjson").send(Readable.from(text));
}

/** The last line, where it ends before its end. */
export function problemLine(refusal: Refusal): { readonly type: "problem"; readonly problem: Problem } {
  return { type: "problem", problem: problemOf(refusal) };
}

/** The answer has begun, so that it ends early can only be said at its end. */
export async function* untilItFails(
  text: AsyncIterable<string>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<string> {
  try {
    yield* text;
  } catch (error) {
    onFailure(error);
    yield `${JSON.stringify(problemLine(unavailable))}\n`;
  }
}
