import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { problemOf } from "../gateway/problem.ts";
import type { Refusal } from "../store/store.ts";

/** Answers with JSON Lines, each made when whoever reads has room for it. */
export function sendLines(reply: FastifyReply, items: AsyncIterable<object>): FastifyReply {
  return reply.type("application/x-ndjson").send(Readable.from(linesOf(items)));
}

/** The last line, where it ends before its end. */
export function problemLine(refusal: Refusal): object {
  return { type: "problem", problem: problemOf(refusal) };
}

async function* linesOf(items: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(item)}\n`;
}
