import { createAlarms } from "../base/alarms.ts";
import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import { type MessagingError, toMessagingError } from "../errors/messaging-error.ts";
import type { FileQuery, FileResults, UploadTicket } from "../protocol/files.ts";
import {
  advance,
  isOver,
  next,
  rangeOf,
  type UploadEvent,
  type UploadJob,
  type UploadStep,
} from "./machine.ts";
import type { PartSender } from "./put-part.ts";
import { type Running, storedOf } from "./running.ts";
import { withoutStalls } from "./stalls.ts";

export interface SupervisorOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly send: PartSender;
  readonly query: <Type extends FileQuery["type"]>(
    query: Extract<FileQuery, { type: Type }>,
  ) => Promise<FileResults[Type]>;
  readonly isOnline: () => boolean;
  readonly serverNow: () => number;
  /** Parts out at once, of all files (U2). */
  readonly parallel: number;
  /** Something a person can see has changed. */
  readonly onChange: (running: Running) => void;
}

/** Performs what the machine says there is to do, and owns its timers. It works on what this client holds, and on nothing else. */
export interface Supervisor {
  take(running: Running): void;
  find(fileId: string): Running | undefined;
  all(): readonly Running[];
  tell(running: Running, event: UploadEvent): void;
  /** Works on it no more; what is on storage stays. */
  letGo(running: Running): void;
  /** There is a link again. */
  online(): void;
  close(): void;
}

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { clock, random, query } = options;
  const send = withoutStalls(options.send, clock);
  const jobs = new Map<string, Running>();
  const alarms = createAlarms(clock);
  let isClosed = false;
  let isPumping = false;

  const tell = (running: Running, event: UploadEvent): void => {
    const { job: before } = running;
    const job = advance(before, event, { now: clock.now(), chance: random.next() });
    if (job === before) return;
    running.job = job;
    if (job.flying.size === 0 && before.flying.size > 0) running.callBack();
    persist(running, before);
    running.measure(clock.now());
    options.onChange(running);
    pump();
  };

  const persist = (running: Running, before: UploadJob): void => {
    const { job } = running;
    const isSame =
      job.phase === before.phase && job.sent === before.sent && job.partBytes === before.partBytes;
    if (isSame || job.phase === "storing") return;
    running.saved = save(running).catch(() => {}); // a later life sends some of it again
  };

  /** What has arrived needs no bytes any more, what was given up nothing at all. */
  const save = async (running: Running): Promise<void> => {
    const { store, job } = running;
    const { fileId, size, phase } = job;
    if (phase !== "ready" && phase !== "cancelled") return store.write(storedOf(running));
    if (phase === "cancelled") {
      running.stopStoring();
      await running.stored.catch(() => {});
    }
    await store.erase(fileId, size, phase === "ready" ? storedOf(running) : undefined);
  };

  /** In rounds: what is done may be done at once, and then there is more to do. */
  const pump = (): void => {
    if (isPumping || isClosed) return;
    isPumping = true;
    let isDone = false;
    while (!isDone) isDone = [...jobs.values()].flatMap(stepsOf).every((perform) => !perform());
    isPumping = false;
  };

  const stepsOf = (running: Running): (() => boolean)[] =>
    next(running.job, clock.now(), 1).map((step) => () => perform(running, step));

  /** False if nothing was done. */
  const perform = (running: Running, step: UploadStep): boolean => {
    if (step.type === "wait") {
      wait(running, step.untilMs);
      return false;
    }
    if (!options.isOnline() || !running.isHeld) return false;
    if (step.type === "put") return flying() < options.parallel && depart(running, step.part);
    if (step.query === "upload" && isTooSoon(running.job)) return false;
    void ask(running, step.query);
    return true;
  };

  /** As long as it was when it began: a clock that is set back meanwhile makes it no longer. */
  const wait = (running: Running, untilMs: number): void => {
    if (running.waitsUntil === untilMs) return;
    running.waitsUntil = untilMs;
    alarms.set(running.job.fileId, untilMs - clock.now(), () => {
      running.waitsUntil = undefined;
      tell(running, { type: "due" });
    });
  };

  const flying = (): number => [...jobs.values()].reduce((sum, { job }) => sum + job.flying.size, 0);

  /** The backend has to know a file before its preview. */
  const isTooSoon = ({ previewOf }: UploadJob): boolean => {
    const main = previewOf === undefined ? undefined : jobs.get(previewOf)?.job;
    return main !== undefined && main.partBytes === undefined && !isOver(main);
  };

  const depart = (running: Running, part: number): boolean => {
    const target = running.job.ticket?.parts.find(({ number }) => number === part);
    if (!target) return false;
    const { signal } = running.flights;
    const bytes = running.store.bytes(running.job.fileId, ...rangeOf(running.job, part));
    tell(running, { type: "departed", part });
    const onProgress = (sent: number): void => {
      if (signal.aborted) return;
      running.loaded.set(part, sent);
      running.measure(clock.now());
      options.onChange(running);
    };
    const land = (event: UploadEvent): void => {
      if (signal.aborted) return;
      running.loaded.delete(part);
      tell(running, event);
    };
    void bytes.then(
      (body) =>
        send({ url: target.url, headers: target.headers, body, signal, onProgress }).then(
          (answer) =>
            answer.type === "arrived"
              ? land({ type: "arrived", part, etag: answer.etag })
              : land({
                  ...{ type: "returned", part, isStale: answer.type === "stale" },
                  ...(answer.type === "failed" && { retryAfterMs: answer.retryAfterMs }),
                }),
          () => land({ type: "returned", part, isStale: false }),
        ),
      () => land({ type: "refused", code: "upload/lost" }),
    );
    return true;
  };

  const ask = async (running: Running, about: "upload" | "complete" | "state"): Promise<void> => {
    tell(running, { type: "asked" });
    try {
      tell(running, await answerTo(running.job, about));
    } catch (cause) {
      tell(running, failureOf(toMessagingError(cause)));
    }
  };

  const answerTo = async (job: UploadJob, about: "upload" | "complete" | "state"): Promise<UploadEvent> => {
    const { fileId, conversationId, name, size, mediaType, previewOf, sent } = job;
    const file = { conversationId, fileId };
    if (about === "state") return { type: "state", file: await query({ type: "file.state", ...file }) };
    if (about === "complete") {
      const parts = [...sent].flatMap(([number, etag]) => (etag ? { number, etag } : []));
      return { type: "state", file: await query({ type: "file.complete", ...file, parts }) };
    }
    const ticket = await query({
      ...{ type: "file.upload", ...file, name, size, mediaType },
      ...(previewOf !== undefined && { previewOf }),
    });
    return { type: "ticket", ticket: onOurClock(ticket) };
  };

  const onOurClock = (ticket: UploadTicket): UploadTicket => ({
    ...ticket,
    expiresAt: ticket.expiresAt - options.serverNow() + clock.now(),
  });

  return {
    tell,
    find: (fileId) => jobs.get(fileId),
    all: () => [...jobs.values()],
    take(running) {
      jobs.set(running.job.fileId, running);
      options.onChange(running);
      pump();
    },
    letGo(running) {
      const { fileId } = running.job;
      if (jobs.get(fileId) === running) jobs.delete(fileId);
      alarms.cancel(fileId);
      running.callBack();
      const release = (): void => running.release();
      void running.stored.then(release, release); // whoever has it before would find it half stored
    },
    online() {
      for (const running of jobs.values()) tell(running, { type: "online" });
      pump();
    },
    close() {
      isClosed = true;
      alarms.close();
      for (const running of jobs.values()) {
        running.callBack();
        running.release();
      }
    },
  };
}

/** Without a link nobody has refused anything. What arrived damaged is sent again. */
function failureOf({ code, retryable, retryAfterMs }: MessagingError): UploadEvent {
  if (code.startsWith("connection/")) return { type: "unasked" };
  if (code === "file/damaged") return { type: "damaged" };
  return retryable ? { type: "unanswered", retryAfterMs } : { type: "refused", code };
}
