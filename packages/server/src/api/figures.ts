import { may } from "@tidings/core/domain";
import type { FastifyReply } from "fastify";
import * as z from "zod";
import { refuse } from "../engine/packets.ts";
import { sendProblem } from "../gateway/problem.ts";
import { DAY_MS, type Figures, type FiguresOf } from "../store/figures.ts";
import type { Refusal } from "../store/store.ts";
import { unavailable } from "./audit.ts";
import { type Asker, lacking } from "./caller.ts";
import type { ApiEngine, GuardedHandler } from "./door.ts";
import { malformed, paramsOf, placeOf, searchOf } from "./reading.ts";

const MOST_DAYS = 366;
const MOST_OFFSET_MINUTES = 14 * 60;

const time = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const shape = {
  since: time,
  until: time,
  /** How far one's own days are ahead of UTC. */
  offsetMinutes: z.coerce.number().int().min(-MOST_OFFSET_MINUTES).max(MOST_OFFSET_MINUTES).default(0),
  format: z.enum(["json", "csv"]).default("json"),
};

/** What may be said of the figures that are wanted. */
export const figuresFields: Readonly<Record<string, z.ZodType>> = shape;

const fields = z
  .strictObject(shape)
  .refine(({ since, until }) => since < until && until - since <= MOST_DAYS * DAY_MS, {
    path: ["until"],
  });

export interface FiguresRouteOptions {
  readonly engine: ApiEngine;
  /** Absent: the store does not count. */
  readonly figures: FiguresOf | undefined;
  readonly onFailure: (error: unknown) => void;
}

/**
 * A conversation in figures, for its moderators and for keys that may export: how much was said by how many, and what
 * came of it, by day. Never who.
 */
export function figuresRoute({ engine, figures, onFailure }: FiguresRouteOptions): GuardedHandler {
  return async (asker, request, reply) => {
    if (!figures) return sendProblem(reply, uncounted, 404);
    const { conversationId = "" } = paramsOf(request);
    const refusal = await obstacle(engine, asker, conversationId);
    if (refusal) return sendProblem(reply, refusal);
    const parsed = fields.safeParse(Object.fromEntries(searchOf(request)));
    if (!parsed.success) return sendProblem(reply, malformed("query", placeOf(parsed.error)));
    const { format, offsetMinutes, ...range } = parsed.data;
    try {
      const found = await figures({ conversationId, offsetMs: offsetMinutes * 60_000, ...range });
      if (!found) return sendProblem(reply, notFound);
      return format === "csv" ? sendCsv(reply, found) : await reply.send(found);
    } catch (error) {
      onFailure(error);
      return sendProblem(reply, unavailable);
    }
  };
}

/** To whoever is not in it a conversation does not exist (D8). */
async function obstacle(
  engine: ApiEngine,
  { caller, scopes }: Asker,
  conversationId: string,
): Promise<Refusal | undefined> {
  if (!caller || caller.isSystem) return scopes.has("export") ? undefined : lacking("export");
  const answer = await engine.query(caller.userId, { type: "conversation", conversationId });
  if (!answer.ok) return answer;
  const role = "self" in answer.result ? answer.result.self.role : "member";
  return may(role, "message.delete-any") ? undefined : forModerators;
}

const COLUMNS = ["day", "messages", "people", "reactions", "medianResponseMs"] as const;

/** Where not everything was looked at the last line says so. Nothing in it is what somebody wrote: nothing has to be escaped. */
function sendCsv(reply: FastifyReply, { days, truncated }: Figures): FastifyReply {
  const lines = days.map((row) => COLUMNS.map((name) => row[name] ?? "").join(","));
  if (truncated) lines.push(`truncated${",".repeat(COLUMNS.length - 1)}`);
  return reply
    .type("text/csv; charset=utf-8")
    .header("content-disposition", 'attachment; filename="figures.csv"')
    .send(`${[COLUMNS.join(","), ...lines].join("\r\n")}\r\n`);
}

const uncounted = refuse("command/unsupported", "unable to answer; this server's store does not count");
const notFound = refuse("conversation/not-found", "unable to answer; there is no such conversation");
const forModerators = refuse("permission/denied", "unable to answer; figures are for moderators");
