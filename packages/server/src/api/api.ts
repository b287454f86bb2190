import type { CommandType, QueryType } from "@tidings/core/protocol";
import type { FastifyInstance } from "fastify";
import { refuse } from "../engine/packets.ts";
import type { ShareRates } from "../engine/rates.ts";
import type { RouteModule } from "../gateway/http.ts";
import type { Refusal } from "../store/store.ts";
import { archiveRoute, type ArchiveRouteOptions } from "./archive.ts";
import { auditRoute, type AuditRouteOptions } from "./audit.ts";
import { type CallerOptions, createCallers, readsForNobody } from "./caller.ts";
import { type ApiEngine, createDoor, type GuardedHandler } from "./door.ts";
import { entriesOf } from "./entries-of.ts";
import { caseRoutes, type CaseRouteOptions } from "./cases.ts";
import { conversationExport } from "./export.ts";
import { figuresRoute, type FiguresRouteOptions } from "./figures.ts";
import { sendProblem } from "../gateway/problem.ts";
import { pushRoutes, type PushRouteOptions } from "./push.ts";
import { readCommand, type ReadCommandOptions, readQuery } from "./reading.ts";
import { RequestRate } from "./request-rate.ts";
import { commandRoutes, otherRoutes, queryRoutes, type Route } from "./routes.ts";
import { userRoutes, type UserRouteOptions } from "./users.ts";
import type { EventLog } from "../log.ts";

export interface ApiOptions
  extends
    CallerOptions,
    ReadCommandOptions,
    UserRouteOptions,
    ArchiveRouteOptions,
    AuditRouteOptions,
    PushRouteOptions,
    CaseRouteOptions,
    FiguresRouteOptions {
  readonly engine: ApiEngine;
  /** Requests a user or a service key may make per second, of all nodes together. */
  readonly requestsPerSecond: number;
  readonly share: ShareRates | undefined;
  readonly log: EventLog;
}

/** `/v1`: every command and query of the wire, and what backends need beside them. Each goes the way of the wire. */
export function apiRoutes(options: ApiOptions): RouteModule {
  const { engine, log, now } = options;
  const rate = new RequestRate({
    perSecond: options.requestsPerSecond,
    now,
    share: options.share,
    of: "request",
  });
  const guarded = createDoor({ identify: createCallers(options), rate, log });
  return (http) => {
    takeEmptyBodies(http);
    const add = ({ method, path: url }: Route, handler: GuardedHandler): void =>
      void http.route({ method, url, handler: guarded(handler) });
    for (const [type, route] of entriesOf(commandRoutes)) add(route, commandHandler(type, options));
    for (const [type, route] of entriesOf(queryRoutes)) add(route, queryHandler(type, engine));
    add(otherRoutes.export, conversationExport(engine, now));
    add(otherRoutes.archive, archiveRoute(options));
    const users = userRoutes(options);
    add(otherRoutes.erase, users.erase);
    add(otherRoutes.eraseConversation, users.eraseConversation);
    add(otherRoutes.exportUser, users.exportUser);
    add(otherRoutes.issueToken, users.issueToken);
    add(otherRoutes.audit, auditRoute(options));
    add(otherRoutes.figures, figuresRoute(options));
    for (const [name, handler] of entriesOf(caseRoutes(options))) add(otherRoutes[name], handler);
    for (const [name, handler] of entriesOf(pushRoutes(options))) add(otherRoutes[name], handler);
  };
}

/** Clients that always say that they send JSON say so of a DELETE too, and send nothing. */
function takeEmptyBodies(http: FastifyInstance): void {
  const parse = http.getDefaultJsonParser("error", "error");
  http.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else void parse(request, String(body), done);
  });
}

function commandHandler(type: CommandType, options: ApiOptions): GuardedHandler {
  const status = type === "message.send" || type === "conversation.create" ? 201 : 200;
  return async ({ caller }, request, reply) => {
    if (!caller) return sendProblem(reply, speaksForNobody);
    const command = readCommand(type, request, caller, options);
    if ("ok" in command) return sendProblem(reply, command);
    const outcome = await options.engine.perform(caller, command);
    if (!outcome.ok) return sendProblem(reply, outcome);
    if (outcome.isKnown) void reply.header("idempotency-replayed", "true");
    return reply.code(status).send(outcome.ack);
  };
}

function queryHandler(type: QueryType, engine: ApiEngine): GuardedHandler {
  return async ({ caller }, request, reply) => {
    if (!caller || caller.isSystem) return sendProblem(reply, readsForNobody);
    const query = readQuery(type, request);
    if ("ok" in query) return sendProblem(reply, query);
    const answer = await engine.query(caller.userId, query);
    return answer.ok ? reply.send(answer.result) : sendProblem(reply, answer);
  };
}

const speaksForNobody: Refusal = refuse(
  "permission/denied",
  'unable to act; this key lacks the scope "system", and Tidings-User names nobody',
);
