import * as z from "zod";
import { refuse } from "../engine/packets.ts";
import { sendProblem } from "../gateway/problem.ts";
import type { Audit, AuditQuery } from "../store/audit.ts";
import type { Refusal } from "../store/store.ts";
import { lacking } from "./caller.ts";
import type { GuardedHandler } from "./door.ts";
import { malformed, placeOf, searchOf, USUAL_PAGE } from "./reading.ts";

const id = z.string().min(1).max(128);

const shape = {
  actorId: id.optional(),
  subject: id.optional(),
  conversationId: id.optional(),
  after: z
    .string()
    .regex(/^\d{1,15}$/u)
    .optional(),
  limit: z.coerce.number().int().min(1).max(100).default(USUAL_PAGE),
};

const fields = z.strictObject(shape);

/** What may be asked of the audit log: entries of one actor, one subject or one conversation; or all. */
export const auditFields: Readonly<Record<string, z.ZodType>> = shape;

export interface AuditRouteOptions {
  /** Absent: the store writes nothing down. */
  readonly audit: Audit | undefined;
  readonly onFailure: (error: unknown) => void;
}

/** Pages of the audit log, the newest entries first. */
export function auditRoute({ audit, onFailure }: AuditRouteOptions): GuardedHandler {
  return async (asker, request, reply) => {
    if (!asker.scopes.has("audit")) return sendProblem(reply, lacking("audit"));
    if (!audit) return sendProblem(reply, noLog, 404);
    const query = readAuditQuery(searchOf(request));
    if ("ok" in query) return sendProblem(reply, query);
    try {
      return await reply.send(await audit.page(query));
    } catch (error) {
      onFailure(error);
      return sendProblem(reply, unavailable);
    }
  };
}

function readAuditQuery(search: Iterable<readonly [string, string]>): AuditQuery | Refusal {
  const parsed = fields.safeParse(Object.fromEntries(search));
  if (!parsed.success) return malformed("query", placeOf(parsed.error));
  const { after, limit, ...asked } = parsed.data;
  const given = (["actorId", "subject", "conversationId"] as const).filter(
    (name) => asked[name] !== undefined,
  );
  const [by, another] = given;
  if (another !== undefined) return malformed("query", `${another}; ${by} is asked for already`);
  const page = { limit, ...(after !== undefined && { after }) };
  return by === undefined ? page : { ...page, by, id: asked[by] ?? "" };
}

const noLog: Refusal = refuse(
  "command/unsupported",
  "unable to answer; this server's store keeps no audit log",
);

/** The store failed; it may be asked again. */
export const unavailable: Refusal = refuse("server/unavailable", "unable to answer; try again", 1_000);
