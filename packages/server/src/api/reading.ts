import {
  command,
  type Command,
  type CommandType,
  query,
  type Query,
  type QueryType,
} from "@tidings/core/protocol";
import type { FastifyRequest } from "fastify";
import type { Caller } from "../engine/caller.ts";
import { refuse } from "../engine/packets.ts";
import type { Refusal } from "../store/store.ts";
import { commandIdOf, keyPattern } from "./idempotency.ts";
import { wireSchemas } from "./wire-schemas.ts";

/** Messages, or whatever it is, on a page that does not say how many. */
export const USUAL_PAGE = 50;

export interface ReadCommandOptions {
  readonly newId: () => string;
  readonly now: () => number;
}

/** The command a request stands for, read by the wire's own schema. */
export function readCommand(
  type: CommandType,
  request: FastifyRequest,
  { userId }: Caller,
  { newId, now }: ReadCommandOptions,
): Command | Refusal {
  const body = request.body ?? {};
  if (typeof body !== "object" || Array.isArray(body))
    return malformed("command", "the body; it is not an object");
  const params = paramsOf(request);
  const key = request.headers["idempotency-key"] ?? newId();
  if (typeof key !== "string" || !keyPattern.test(key))
    return malformed("command", "Idempotency-Key; it must be 1 to 255 visible characters");
  const commandId = commandIdOf(key, userId, type, JSON.stringify(params));
  // Whoever begins a conversation need not name it: it is called as the command, which is the same if it comes again.
  const named = type === "conversation.create" ? { conversationId: commandId } : {};
  const parsed = command.safeParse({ at: now(), ...named, ...body, ...params, type, commandId });
  if (parsed.success) return parsed.data;
  return malformed("command", placeOf(parsed.error));
}

/** The query a request stands for. */
export function readQuery(type: QueryType, request: FastifyRequest): Query | Refusal {
  const { properties } = wireSchemas().fields("query", type);
  const asked: Record<string, unknown> = "limit" in properties ? { limit: USUAL_PAGE } : {};
  for (const [name, text] of searchOf(request)) {
    const kind = properties[name]?.type;
    asked[name] = valueOf(kind, text);
  }
  const { body } = request;
  const said = typeof body === "object" && !Array.isArray(body) ? body : {};
  const parsed = query.safeParse({ ...asked, ...said, ...paramsOf(request), type });
  return parsed.success ? parsed.data : malformed("query", placeOf(parsed.error));
}

/** What stands behind the question mark. */
export function searchOf({ url }: FastifyRequest): URLSearchParams {
  return new URL(url, "http://localhost").searchParams;
}

export function paramsOf({ params }: FastifyRequest): Readonly<Record<string, string>> {
  if (typeof params !== "object" || params === null) return {};
  return Object.fromEntries(
    Object.entries(params).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function valueOf(kind: unknown, text: string): unknown {
  if (kind === "integer") return numberOf(text);
  if (kind === "boolean") return text === "true" || (text === "false" ? false : text);
  return kind === "array" ? text.split(",") : text;
}

function numberOf(text: string): number | string {
  return /^\d{1,16}$/u.test(text) ? Number(text) : text;
}

/** Where, never what: content must not reach logs. */
export function placeOf({
  issues,
}: {
  readonly issues: readonly { readonly path: readonly PropertyKey[] }[];
}): string {
  return issues[0]?.path.map(String).join(".") || "its root";
}

export function malformed(what: "command" | "query", place: string): Refusal {
  return refuse(`${what}/malformed`, `unable to read the ${what}; it is wrong at ${place}`);
}
