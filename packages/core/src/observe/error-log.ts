import type { Cancel } from "../base/clock.ts";
import { guarded } from "../base/guarded.ts";
import type { Observable } from "../base/observable.ts";
import { internalsOf } from "../client/internals.ts";
import type { Client } from "../client/types.ts";
import type { CustomSchemas } from "../compose/custom.ts";
import type { ErrorCode } from "../errors/codes.ts";
import { type MessagingError, toMessagingError } from "../errors/messaging-error.ts";

/** All errors of one code, as one. */
export interface FoldedError {
  readonly code: ErrorCode;
  readonly count: number;
  /** By the client's clock, ms. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly last: MessagingError;
}

/** What a sink is told: errors of one code since it was told of that code before. */
export interface ErrorReport extends FoldedError {
  /** The state of the connection when the last of them came. */
  readonly connection: string;
}

/** Takes reports to wherever errors are looked at. What it throws goes no further. */
export type ErrorSink = (report: ErrorReport) => void;

/** Whom to tell of errors, and how often. */
export interface ErrorLogOptions {
  readonly sink?: ErrorSink;
  /** The first error of a code is reported at once, those after it together, at most so often. Default 1 min. */
  readonly repeatMs?: number;
}

/** The errors of one client, folded by code, the latest first. As many entries as there are codes at most (D9). */
export interface ErrorLog extends Observable<readonly FoldedError[]> {
  /** For what a promise of the app was rejected with; the client's own events come by themselves. */
  add(error: unknown): void;
  /** Forgets what was collected. */
  clear(): void;
  /** Reports what is still to be reported, and listens no more. What was collected can be read for ever. */
  close(): void;
}

const REPEAT_MS = 60_000;

/**
 * Collects what no promise tells: `error` events, why the connection failed, and which commands did.
 *
 * @throws {MessagingError} `client/misused` for what `createClient` has not made
 */
export function collectErrors<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  options: ErrorLogOptions = {},
): ErrorLog {
  const { clock, scope } = internalsOf(client).core;
  const folded = scope.cell<readonly FoldedError[]>([]);
  const reporter = createReporter(options, clock, () => client.connection.get().name);
  /** One error may reach us as an event, as a state and as an entry. */
  const seen = new WeakSet<MessagingError>();

  const take = (error: MessagingError | undefined): void => {
    if (!error || seen.has(error)) return;
    seen.add(error);
    const others = folded.get().filter(({ code }) => code !== error.code);
    const before = folded.get().find(({ code }) => code === error.code);
    folded.set([fold(before, error, clock.now()), ...others]);
    reporter.take(error);
  };

  take(client.connection.get().error);
  const leave = [
    client.on("error", take),
    client.on("outbox", ({ status, error }) => status === "failed" && take(error)),
    client.connection.subscribe(({ error }) => take(error)),
  ];
  return {
    get: folded.get,
    subscribe: folded.subscribe,
    add: (error) => take(toMessagingError(error)),
    clear: () => folded.set([]),
    close() {
      for (const end of leave) end();
      reporter.close();
    },
  };
}

function fold(before: FoldedError | undefined, last: MessagingError, now: number): FoldedError {
  const { count, firstAt } = before ?? { count: 0, firstAt: now };
  return { code: last.code, count: count + 1, firstAt, lastAt: now, last };
}

interface Reporter {
  take(error: MessagingError): void;
  close(): void;
}

function createReporter(
  { sink, repeatMs = REPEAT_MS }: ErrorLogOptions,
  clock: { now(): number; after(delayMs: number, task: () => void): Cancel },
  connection: () => string,
): Reporter {
  /** By code: what was not reported yet, and the rest after a report. */
  const waiting = new Map<ErrorCode, ErrorReport>();
  const resting = new Map<ErrorCode, Cancel>();

  const tell = (code: ErrorCode): boolean => {
    const next = waiting.get(code);
    if (!next || !sink) return false;
    waiting.delete(code);
    guarded(() => sink(next), ignore);
    return true;
  };

  const report = (code: ErrorCode): void => {
    if (!tell(code)) return;
    const rested = (): void => {
      resting.delete(code);
      report(code);
    };
    resting.set(code, clock.after(repeatMs, rested));
  };

  return {
    take(error) {
      if (!sink) return;
      const { code } = error;
      waiting.set(code, {
        ...fold(waiting.get(code), error, clock.now()),
        connection: connection(),
      });
      if (!resting.has(code)) report(code);
    },
    close() {
      for (const cancel of resting.values()) cancel();
      for (const code of [...waiting.keys()]) tell(code);
    },
  };
}

/** An error in the reporting of errors has nobody left to tell. */
const ignore = (): void => {};
