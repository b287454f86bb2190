import { may } from "@tidings/core/domain";
import { LONGEST_REASON } from "@tidings/core/protocol";
import type { FastifyReply } from "fastify";
import * as z from "zod";
import type { Caller } from "../engine/caller.ts";
import { noCase, noCases } from "../engine/decide.ts";
import { refuse } from "../engine/packets.ts";
import { sendProblem } from "../gateway/problem.ts";
import { type Cases, casesToken, type ModerationCase } from "../store/cases.ts";
import type { Refusal } from "../store/store.ts";
import { SYSTEM } from "../system-actor.ts";
import { unavailable } from "./audit.ts";
import { actorOf, type Asker, lacking } from "./caller.ts";
import type { ApiEngine, GuardedHandler } from "./door.ts";
import { malformed, paramsOf, placeOf, searchOf, USUAL_PAGE } from "./reading.ts";

const listShape = {
  conversationId: z.string().min(1).max(128).optional(),
  status: z.enum(["open", "closed"]).default("open"),
  order: z.enum(["newest", "urgent"]).default("newest"),
  after: z.string().regex(casesToken).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(USUAL_PAGE),
};
const list = z.strictObject(listShape);

/** What may be said of the cases that are wanted. */
export const caseListFields: Readonly<Record<string, z.ZodType>> = listShape;

const decisionShape = {
  decision: z.enum(["approve", "remove", "ban"]),
  revision: z.number().int().min(0),
  reason: z.string().min(1).max(LONGEST_REASON).optional(),
};
const decision = z.strictObject(decisionShape);

/** What a decision says. */
export const decisionFields: Readonly<Record<string, z.ZodType>> = decisionShape;

export interface CaseRouteOptions {
  readonly engine: ApiEngine;
  /** Absent: the store keeps none. */
  readonly cases: Cases | undefined;
  readonly onFailure: (error: unknown) => void;
}

type Handle = (cases: Cases, ...rest: Parameters<GuardedHandler>) => Promise<FastifyReply | Refusal>;

/**
 * What moderators are to look at. A person sees the cases of a conversation whose moderator they are, but for those about
 * themselves; a key of the scope `moderate` sees all, and decides as the server itself. To all others no case exists (D8).
 */
export function caseRoutes({ engine, cases, onFailure }: CaseRouteOptions): {
  readonly cases: GuardedHandler;
  readonly case: GuardedHandler;
  readonly decideCase: GuardedHandler;
} {
  const handler =
    (handle: Handle): GuardedHandler =>
    async (asker, request, reply) => {
      if (!cases) return sendProblem(reply, noCases, 404);
      try {
        const answer = await handle(cases, asker, request, reply);
        return "ok" in answer ? await sendProblem(reply, answer) : answer;
      } catch (error) {
        onFailure(error);
        return sendProblem(reply, unavailable);
      }
    };
  /** Undefined: it does not exist, for whoever asks. */
  const open = async (store: Cases, asker: Asker, caseId = ""): Promise<ModerationCase | undefined> => {
    const found = await store.find(caseId);
    if (!found || isAbout(found, asker)) return undefined;
    return (await obstacle(engine, asker, found.conversationId)) ? undefined : found;
  };
  return {
    cases: handler(async (store, asker, request, reply) => {
      const parsed = list.safeParse(Object.fromEntries(searchOf(request)));
      if (!parsed.success) return malformed("query", placeOf(parsed.error));
      const { status, ...query } = parsed.data;
      const refusal = await obstacle(engine, asker, query.conversationId);
      const wanted = { ...query, isOpen: status === "open", except: asker.caller?.userId };
      return refusal ?? reply.send(await store.page(wanted));
    }),
    case: handler(async (store, asker, request, reply) => {
      const found = await open(store, asker, paramsOf(request)["caseId"]);
      return found ? reply.send(found) : noCase;
    }),
    decideCase: handler(async (store, asker, request, reply) => {
      const parsed = decision.safeParse(request.body);
      if (!parsed.success) return malformed("command", placeOf(parsed.error));
      const found = await open(store, asker, paramsOf(request)["caseId"]);
      if (!found) return noCase;
      const answer = await engine.decide({ case: found, ...parsed.data }, actsAs(asker), actorOf(asker));
      return "ok" in answer ? answer : reply.send(answer);
    }),
  };
}

/** Whoever speaks for somebody else sees with their eyes. */
function isForAll({ scopes, holder, caller }: Asker): boolean {
  return scopes.has("moderate") && (!caller || caller.isSystem === true || caller.userId === holder);
}

/** What is said of oneself one neither reads nor decides, whatever else one may. */
function isAbout({ userId }: ModerationCase, { holder, caller }: Asker): boolean {
  return userId === holder || userId === caller?.userId;
}

function actsAs(asker: Asker): Caller {
  const { caller } = asker;
  return caller && !isForAll(asker) ? caller : { userId: SYSTEM, isSystem: true };
}

/** To whoever is not in it a conversation does not exist (D8). */
async function obstacle(
  engine: ApiEngine,
  asker: Asker,
  conversationId: string | undefined,
): Promise<Refusal | undefined> {
  if (isForAll(asker)) return undefined;
  const { caller } = asker;
  if (!caller || caller.isSystem) return lacking("moderate");
  if (conversationId === undefined) return malformed("query", "conversationId");
  const answer = await engine.query(caller.userId, { type: "conversation", conversationId });
  if (!answer.ok) return answer;
  if (!("self" in answer.result)) return forModerators;
  const { self, conversation } = answer.result;
  const isModerator = conversation.kind !== "direct" && may(self.role, "message.delete-any");
  return isModerator ? undefined : forModerators;
}

const forModerators = refuse("permission/denied", "unable to answer; cases are for moderators");
