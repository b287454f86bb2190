import { backoffDelayMs, type BackoffPolicy } from "../base/backoff.ts";
import type { FileState, UploadTicket } from "../protocol/files.ts";

/**
 * One upload, as pure functions: `advance` says what an event makes of it, `next` what there is to do. Its laws are
 * numbered in docs/spec/uploads.md.
 *
 *   storing ─▶ waiting ─▶ uploading ─▶ completing ─▶ scanning ─▶ ready
 *                 ▲  ◀──────┘ ◀───────────┘              └─────▶ refused
 *
 * `paused` and `cancelled` can be had from all that is not over; `resume` leads back to where it was.
 */
export type UploadPhase =
  | "storing"
  | "waiting"
  | "uploading"
  | "completing"
  | "scanning"
  | "ready"
  | "refused"
  | "paused"
  | "cancelled";

/** What a job is about; it never changes. */
export interface UploadSubject {
  readonly fileId: string;
  readonly conversationId: string;
  readonly name: string;
  readonly size: number;
  readonly mediaType: string;
  /** Client's clock, ms. */
  readonly createdAt: number;
  /** It is the thumbnail or the poster of this file, and asks for its ticket after that. */
  readonly previewOf?: string | undefined;
}

export interface UploadJob extends UploadSubject {
  readonly phase: UploadPhase;
  /** What the backend's store said of each part that got there, by number; empty where nobody heard it. */
  readonly sent: ReadonlyMap<number, string>;
  /** Of all parts but the last, as the last ticket had it. */
  readonly partBytes: number | undefined;
  readonly ticket: UploadTicket | undefined;
  /** Parts that are out. */
  readonly flying: ReadonlySet<number>;
  /** A question to the backend is out. */
  readonly isAsking: boolean;
  /** In a row, without a part getting there. */
  readonly failures: number;
  /** Nothing is tried before, client's clock in ms. */
  readonly notBefore: number;
  /** Why it is refused. */
  readonly code: string | undefined;
}

export type UploadEvent =
  | { readonly type: "stored" }
  | { readonly type: "asked" }
  | { readonly type: "ticket"; readonly ticket: UploadTicket }
  | { readonly type: "departed"; readonly part: number }
  | { readonly type: "arrived"; readonly part: number; readonly etag: string }
  /** A part came back. `isStale`: with the ticket's rights it will never arrive. */
  | {
      readonly type: "returned";
      readonly part: number;
      readonly isStale: boolean;
      readonly retryAfterMs?: number | undefined;
    }
  | { readonly type: "state"; readonly file: FileState }
  /** The backend does not answer this now. */
  | { readonly type: "unanswered"; readonly retryAfterMs?: number | undefined }
  /** The link was gone before it could. */
  | { readonly type: "unasked" }
  /** What the backend has is not what was sent. */
  | { readonly type: "damaged" }
  /** There is a link again: what failed without one says nothing. */
  | { readonly type: "online" }
  /** The wait is over, whatever the clock says, which may have been set. */
  | { readonly type: "due" }
  | { readonly type: "refused"; readonly code: string }
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  | { readonly type: "cancel" };

/** What an event may need to know. */
export interface Circumstances {
  readonly now: number;
  /** In [0, 1). */
  readonly chance: number;
}

/** What there is to do. */
export type UploadStep =
  | { readonly type: "ask"; readonly query: "upload" | "complete" | "state" }
  | { readonly type: "put"; readonly part: number }
  | { readonly type: "wait"; readonly untilMs: number };

const backoff: BackoffPolicy = { baseMs: 500, maxMs: 60_000 };
/** After so many failures in a row a job is over, until somebody resumes it (U8). */
export const MOST_FAILURES = 12;
/** A ticket is renewed this long before it ends: what departs under it has to arrive, too. */
const TICKET_SPARE_MS = 30_000;
/** How often the backend is asked whether it has looked through a file: doubling. */
const scanning: BackoffPolicy = { baseMs: 1_000, maxMs: 30_000 };

export function newJob(subject: UploadSubject): UploadJob {
  return {
    ...subject,
    ...{ phase: "storing", sent: new Map(), partBytes: undefined, ticket: undefined, flying: new Set() },
    ...{ isAsking: false, failures: 0, notBefore: 0, code: undefined },
  };
}

/** Nothing happens any more by itself. */
export function isOver({ phase }: UploadJob): boolean {
  return phase === "ready" || phase === "refused" || phase === "cancelled";
}

export function partsOf({ size, partBytes }: Pick<UploadJob, "size" | "partBytes">): number {
  return partBytes === undefined ? 0 : Math.max(1, Math.ceil(size / partBytes));
}

/** Where a part lies in the file. */
export function rangeOf(
  { size, partBytes = size }: Pick<UploadJob, "size" | "partBytes">,
  part: number,
): readonly [number, number] {
  return [(part - 1) * partBytes, Math.min(size, part * partBytes)];
}

export function advance(job: UploadJob, event: UploadEvent, circumstances: Circumstances): UploadJob {
  if (event.type === "cancel") return job.phase === "cancelled" ? job : over(job, "cancelled");
  if (event.type === "resume") return resume(job);
  if (isOver(job)) return job;
  switch (event.type) {
    case "stored":
      return job.phase === "storing" ? { ...job, phase: "waiting" } : job;
    case "pause":
      return { ...landed(job), phase: job.phase === "storing" ? "storing" : "paused", ticket: undefined };
    case "asked":
      return { ...job, isAsking: true };
    case "ticket":
      return withTicket(job, event.ticket, circumstances);
    case "departed":
      return { ...job, flying: new Set(job.flying).add(event.part) };
    case "arrived":
      return arrived(job, event.part, event.etag);
    case "returned":
      return returned(job, event, circumstances);
    case "unasked":
      return { ...job, isAsking: false };
    case "online":
      return { ...job, notBefore: 0, failures: job.phase === "scanning" ? job.failures : 0 };
    case "due":
      return { ...job, notBefore: 0 };
    case "state":
      return withState(job, event.file, circumstances);
    case "unanswered":
      return failed({ ...job, isAsking: false }, circumstances, event.retryAfterMs);
    case "damaged":
      return reopened(job, circumstances);
    case "refused":
      return { ...over(job, "refused"), code: event.code };
  }
}

/**
 * What there is to do now, and may be done with `slots` more parts out. Nothing while there is no link: a failure that
 * only says so would count.
 */
export function next(job: UploadJob, now: number, slots: number): readonly UploadStep[] {
  if (isOver(job) || job.phase === "paused" || job.phase === "storing") return [];
  if (job.notBefore > now) return [{ type: "wait", untilMs: job.notBefore }];
  if (job.phase === "completing") return job.isAsking ? [] : [{ type: "ask", query: "complete" }];
  if (job.phase === "scanning") return job.isAsking ? [] : [{ type: "ask", query: "state" }];
  if (!isGood(job.ticket, now)) return job.isAsking ? [] : [{ type: "ask", query: "upload" }];
  return job.ticket.parts
    .map(({ number }) => number)
    .filter((part) => !job.sent.has(part) && !job.flying.has(part))
    .slice(0, Math.max(0, slots))
    .map((part) => ({ type: "put", part }));
}

function isGood(ticket: UploadTicket | undefined, now: number): ticket is UploadTicket {
  return ticket !== undefined && ticket.expiresAt - TICKET_SPARE_MS > now;
}

function landed(job: UploadJob): UploadJob {
  return { ...job, flying: new Set(), isAsking: false };
}

function over(job: UploadJob, phase: "ready" | "refused" | "cancelled"): UploadJob {
  return { ...landed(job), phase, ticket: undefined };
}

/** What all parts are there for is only said; the rest asks for a ticket first, which says what is missing. */
function resume(job: UploadJob): UploadJob {
  if (job.phase !== "paused" && job.phase !== "refused") return job;
  return { ...landed(job), phase: "waiting", ticket: undefined, failures: 0, notBefore: 0, code: undefined };
}

/** The backend knows what it has: what it has not is to be sent again, and parts of another size are other parts (U5). */
function withTicket(job: UploadJob, ticket: UploadTicket, { now, chance }: Circumstances): UploadJob {
  // The last part may have arrived, or the job been paused, before the answer: it is an answer still.
  if (job.phase !== "waiting" && job.phase !== "uploading") return { ...job, isAsking: false };
  const known = ticket.partBytes === job.partBytes ? job.sent : new Map<number, string>();
  const sent = new Map(ticket.received.map((part) => [part, known.get(part) ?? ""]));
  const renewed: UploadJob = {
    ...{ ...job, phase: "uploading", isAsking: false, ticket, partBytes: ticket.partBytes, sent },
  };
  // Where nothing may be put it is complete, or refused: it says which when it is asked to complete.
  if (ticket.parts.length === 0 || sent.size === partsOf(renewed)) return { ...renewed, phase: "completing" };
  // A backend that forgets what it has got, or whose tickets end at once, is not asked for ever.
  const isUseless = [...job.sent.keys()].some((part) => !sent.has(part)) || !isGood(ticket, now);
  return isUseless ? failed(renewed, { now, chance }) : renewed;
}

function arrived(job: UploadJob, part: number, etag: string): UploadJob {
  const flying = without(job.flying, part);
  if (job.phase !== "uploading" || !job.flying.has(part)) return { ...job, flying };
  const sent = new Map(job.sent).set(part, etag);
  const phase = sent.size === partsOf(job) ? "completing" : "uploading";
  return { ...job, flying, sent, phase, failures: 0, notBefore: 0 };
}

function returned(
  job: UploadJob,
  { part, isStale, retryAfterMs }: Extract<UploadEvent, { type: "returned" }>,
  circumstances: Circumstances,
): UploadJob {
  if (!job.flying.has(part)) return job;
  const back = { ...job, flying: without(job.flying, part), ...(isStale && { ticket: undefined }) };
  return failed(back, circumstances, retryAfterMs);
}

function withState(job: UploadJob, { state, code }: FileState, circumstances: Circumstances): UploadJob {
  if (state === "ready") return over(job, "ready");
  if (state === "refused") return { ...over(job, "refused"), code: code ?? "client/unknown" };
  if (state === "open") return reopened(job, circumstances);
  if (job.phase === "paused") return { ...job, isAsking: false };
  const looks = job.phase === "scanning" ? job.failures + 1 : 1;
  const waitMs = backoffDelayMs(looks, scanning, 1);
  return {
    ...job,
    phase: "scanning",
    isAsking: false,
    failures: looks,
    notBefore: circumstances.now + waitMs,
  };
}

/** It has not all parts, whatever we thought: the next ticket says which. */
function reopened(job: UploadJob, circumstances: Circumstances): UploadJob {
  const phase = job.phase === "paused" ? "paused" : "waiting";
  return failed({ ...landed(job), phase, ticket: undefined }, circumstances);
}

/** Parts that come back together are one failure; who says when to come back is not counted either. */
function failed(job: UploadJob, { now, chance }: Circumstances, retryAfterMs = 0): UploadJob {
  const isCounted = job.notBefore <= now && retryAfterMs === 0;
  const failures = job.failures + (isCounted ? 1 : 0);
  const isHopeless = failures >= MOST_FAILURES && job.phase !== "scanning" && job.phase !== "paused";
  if (isHopeless) return { ...over(job, "refused"), code: "upload/failed", failures: 0 };
  const waitMs = Math.max(retryAfterMs, backoffDelayMs(Math.max(1, failures), backoff, chance));
  return { ...job, failures, notBefore: Math.max(job.notBefore, now + waitMs) };
}

function without(parts: ReadonlySet<number>, part: number): ReadonlySet<number> {
  const rest = new Set(parts);
  rest.delete(part);
  return rest;
}
