import { finished } from "node:stream";
import type { FastifyRequest } from "fastify";
import * as z from "zod";
import { exportArchive } from "../archive/export-archive.ts";
import { type FileBytes, inlineBytes } from "../archive/file-bytes.ts";
import { refuse } from "../engine/packets.ts";
import type { FileStore } from "../files/file-store.ts";
import { sendProblem } from "../gateway/problem.ts";
import type { Archive } from "../store/archive.ts";
import type { Refusal } from "../store/store.ts";
import { actorOf, lacking } from "./caller.ts";
import type { ApiEngine, GuardedHandler } from "./door.ts";
import { sendLines, untilItFails } from "./lines.ts";
import { malformed, placeOf, searchOf } from "./reading.ts";

export interface ArchiveRouteOptions {
  readonly engine: ApiEngine;
  /** Absent: the store cannot tell all it keeps. */
  readonly archive: Archive | undefined;
  readonly bytes: FileStore | undefined;
  readonly now: () => number;
  readonly onFailure: (error: unknown) => void;
}

const files = z.literal("inline").exactOptional();
const conversationId = z.string().min(1).max(255).exactOptional();

/** What may be said of the archive that is wanted. */
export const archiveFields: Readonly<Record<string, z.ZodType>> = { conversationId, files };

const fields = z.strictObject({ conversationId, files });
const unsupported = refuse("command/unsupported", "unable to export; this server cannot tell all it keeps");
const notFound = refuse("conversation/not-found", "unable to export; there is no such conversation");
const noFiles = refuse("command/unsupported", "unable to export files; this server keeps none");

/** All there is, or all of one conversation, as it can be imported elsewhere. Above everybody's rights (D8). */
export function archiveRoute({
  engine,
  archive,
  bytes,
  now,
  onFailure,
}: ArchiveRouteOptions): GuardedHandler {
  return async (asker, request, reply) => {
    if (!asker.scopes.has("archive")) return sendProblem(reply, lacking("archive"));
    if (!archive) return sendProblem(reply, unsupported, 404);
    const parsed = fields.safeParse(Object.fromEntries(searchOf(request)));
    if (!parsed.success) return sendProblem(reply, malformed("query", placeOf(parsed.error)));
    const wanted = filesWanted(request, bytes);
    if (wanted && "ok" in wanted) return sendProblem(reply, wanted);
    const { conversationId: only } = parsed.data;
    const scope =
      only === undefined
        ? ({ of: "server" } as const)
        : ({ of: "conversation", conversationId: only } as const);
    const found = await exportArchive(scope, archive, { at: now(), files: wanted });
    if (!found) return sendProblem(reply, notFound);
    // Whoever goes away may do so before the first line is asked for.
    finished(reply.raw, () => void found.release().catch(onFailure));
    const of = only === undefined ? {} : { conversationId: only };
    await engine.note({ action: `${scope.of}.export`, actorId: actorOf(asker), ...of });
    return sendLines(reply, untilItFails(found.text, onFailure));
  };
}

/** Are bytes of files wanted as well? Undefined: no. */
export function filesWanted(
  request: FastifyRequest,
  bytes: FileStore | undefined,
): FileBytes | Refusal | undefined {
  if (searchOf(request).get("files") !== "inline") return undefined;
  // Whoever goes away ends the reading by not reading on.
  return bytes ? inlineBytes(bytes, new AbortController().signal) : noFiles;
}
