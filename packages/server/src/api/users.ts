import { exportPerson } from "../archive/export-archive.ts";
import { refuse } from "../engine/packets.ts";
import { actorOf, lacking } from "./caller.ts";
import type { ApiEngine, GuardedHandler } from "./door.ts";
import { filesWanted } from "./archive.ts";
import { sendLines, untilItFails } from "./lines.ts";
import type { FileStore } from "../files/file-store.ts";
import { sendProblem } from "../gateway/problem.ts";
import { paramsOf } from "./reading.ts";

export interface UserRouteOptions {
  readonly engine: ApiEngine;
  /** Absent: this server issues no tokens over HTTP. */
  readonly issueToken: ((userId: string, expiresInMs: number | undefined) => Promise<string>) | undefined;
  /** Where bytes of files are, if this server keeps any. */
  readonly bytes: FileStore | undefined;
  /** Server time, ms. */
  readonly now: () => number;
  readonly onFailure: (error: unknown) => void;
}

const notFound = refuse("conversation/not-found", "unable to erase; there is no such conversation");

/** What concerns a user as a whole, or all of a conversation for good. */
export function userRoutes({ engine, issueToken, bytes, now, onFailure }: UserRouteOptions): {
  readonly erase: GuardedHandler;
  readonly eraseConversation: GuardedHandler;
  readonly exportUser: GuardedHandler;
  readonly issueToken: GuardedHandler;
} {
  return {
    erase: async (asker, request, reply) => {
      if (!asker.scopes.has("erase")) return sendProblem(reply, lacking("erase"));
      const { userId = "" } = paramsOf(request);
      await engine.erase({ userId }, actorOf(asker));
      return reply.code(204).send();
    },
    eraseConversation: async (asker, request, reply) => {
      if (!asker.scopes.has("erase")) return sendProblem(reply, lacking("erase"));
      const { conversationId = "" } = paramsOf(request);
      const isFound = await engine.erase({ conversationId }, actorOf(asker));
      return isFound ? reply.code(204).send() : sendProblem(reply, notFound);
    },
    exportUser: async (asker, request, reply) => {
      const { userId = "" } = paramsOf(request);
      const isOwn = asker.caller?.isSystem !== true && asker.caller?.userId === userId;
      if (!isOwn && !asker.scopes.has("export")) return sendProblem(reply, lacking("export"));
      const wanted = filesWanted(request, bytes);
      if (wanted && "ok" in wanted) return sendProblem(reply, wanted);
      const items = engine.exportUser(userId, actorOf(asker));
      const { text } = exportPerson(userId, items, { at: now(), files: wanted });
      return sendLines(reply, untilItFails(text, onFailure));
    },
    issueToken: async (asker, request, reply) => {
      if (!issueToken) {
        const refusal = refuse(
          "command/unsupported",
          "unable to issue tokens; this server does not, over HTTP",
        );
        return sendProblem(reply, refusal, 404);
      }
      if (!asker.scopes.has("tokens")) return sendProblem(reply, lacking("tokens"));
      const { userId = "" } = paramsOf(request);
      const expiresInMs = durationIn(request.body);
      try {
        const token = await issueToken(userId, expiresInMs);
        await engine.note({ action: "token.issue", actorId: actorOf(asker), subject: userId });
        return await reply.code(201).send({ token });
      } catch (error) {
        const reason = error instanceof Error ? error.message : "unable to issue the token";
        return sendProblem(reply, refuse("command/malformed", reason));
      }
    },
  };
}

function durationIn(body: unknown): number | undefined {
  if (typeof body !== "object" || body === null || !("expiresInMs" in body)) return undefined;
  return typeof body.expiresInMs === "number" ? body.expiresInMs : undefined;
}
