import type { FastifyReply, FastifyRequest } from "fastify";
import type { AuditEntry } from "../store/audit.ts";
import type { ModerationCase } from "../store/cases.ts";
import type { Kept } from "../store/kept.ts";
import type { Answer, Outcome, Refusal } from "../store/store.ts";
import type { Command, Query } from "@tidings/core/protocol";
import type { Caller } from "../engine/caller.ts";
import type { Judgement } from "../engine/decide.ts";
import type { Erased } from "../engine/erasure.ts";
import { refuse } from "../engine/packets.ts";
import type { EventLog } from "../log.ts";
import { type Asker, ON_BEHALF_HEADER } from "./caller.ts";
import { sendProblem } from "../gateway/problem.ts";
import type { RequestRate } from "./request-rate.ts";

/** What HTTP asks of the engine. */
export interface ApiEngine {
  perform(caller: Caller, command: Command): Promise<Outcome>;
  query(userId: string, query: Query): Promise<Answer>;
  erase(what: Erased, by: string): Promise<boolean>;
  exportUser(userId: string, by: string): AsyncIterable<Kept>;
  decide(judgement: Judgement, caller: Caller, by: string): Promise<ModerationCase | Refusal>;
  note(entry: Omit<AuditEntry, "at">): Promise<void>;
}

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
export type GuardedHandler = (
  asker: Asker,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<FastifyReply>;

export interface DoorOptions {
  readonly identify: (request: FastifyRequest) => Promise<Asker | Refusal>;
  readonly rate: RequestRate;
  readonly log: EventLog;
}

/** Lets in who says who they are, as often as they may; what a service key does is written down. */
export function createDoor({ identify, rate, log }: DoorOptions): (handle: GuardedHandler) => Handler {
  return (handle) => async (request, reply) => {
    const asker = await identify(request);
    if ("ok" in asker) return sendProblem(reply, asker);
    const { key, caller } = asker;
    const waitMs = await rate.take(key === undefined ? `user ${caller?.userId}` : `key ${key}`);
    if (waitMs > 0)
      return sendProblem(reply, refuse("protocol/busy", "unable to accept so many requests", waitMs));
    const answer = await handle(asker, request, reply);
    if (key !== undefined) {
      const { id, method, routeOptions } = request;
      const onBehalfOf = request.headers[ON_BEHALF_HEADER];
      log.info(
        { id, key, method, route: routeOptions.url, onBehalfOf, status: reply.statusCode },
        "service key",
      );
    }
    return answer;
  };
}
