import type { Clock } from "../base/clock.ts";
import { guarded } from "../base/guarded.ts";
import type { Unsubscribe } from "../base/observable.ts";
import { isMessagingError, type MessagingError, toMessagingError } from "../errors/messaging-error.ts";
import {
  type Port,
  type Recorded,
  type RecordedEntry,
  type RecordedError,
  RECORDING_VERSION,
  type RecordingEnd,
  type RecordingHeader,
} from "./recording.ts";
import { createRedaction, type Redaction } from "./redaction.ts";
import { createRing, type RingBounds } from "./ring.ts";
import type { ClientState } from "./state.ts";
import { createTurns } from "./turns.ts";

/** What is kept of what a client does. */
export interface RecorderOptions {
  /** Default true: nothing that people wrote is recorded, only how long it was. Tokens are never recorded. */
  readonly redact?: boolean;
  /** The oldest entries beyond so many go. Default 20 000. */
  readonly maxEntries?: number;
  /** And beyond so much, in UTF-16 units of the export. Default 4 000 000. */
  readonly maxSize?: number;
  /** Told of each entry as it is written, from the very first, the bounds notwithstanding. */
  readonly onEntry?: (entry: RecordedEntry) => void;
}

/** Keeps what a client does, in a bounded ring, for a support form or for the panel. */
export interface Recorder {
  /** Lines of JSON: a header, an entry each, and how things stand now. `docs/guides/inspector.md` says what is in them. */
  export(): string;
  /** Oldest first. */
  entries(): readonly RecordedEntry[];
  /** Each entry as it is written. */
  subscribe(listener: (entry: RecordedEntry) => void): Unsubscribe;
  readonly stats: RecorderStats;
}

/** How much a recorder holds. */
export interface RecorderStats {
  readonly entries: number;
  readonly size: number;
  /** So many of the oldest are gone: what is left can be read, but not replayed. */
  readonly dropped: number;
}

/** What is asked of a port, for `Tape.ask`. */
export interface Asked {
  readonly port: Port;
  readonly call: string;
  readonly link?: number;
  readonly key: string;
  readonly size?: number;
}

/** What the parts that watch a client write to. */
export interface Tape {
  readonly redact: Redaction;
  note(what: Recorded): void;
  /** Notes that something is asked, does it, and notes the answer. @param tell - what of it is worth keeping. */
  ask<T>(what: Asked, work: () => T | Promise<T>, tell: (value: T) => unknown): Promise<T>;
}

const MOST_ENTRIES = 20_000;
const LARGEST = 4_000_000;

/** @param describe - the header, but for what the recorder itself knows; @param stateOf - how things stand, for the end. */
export function createRecorder(
  clock: Clock,
  describe: () => Omit<RecordingHeader, "type" | "version" | "at" | "redacted" | "dropped">,
  stateOf: () => ClientState,
  { redact = true, maxEntries = MOST_ENTRIES, maxSize = LARGEST, onEntry }: RecorderOptions = {},
): { readonly recorder: Recorder; readonly tape: Tape } {
  const startedAt = clock.now();
  const bounds: RingBounds = { entries: maxEntries, size: maxSize };
  const ring = createRing(bounds);
  const listeners = new Set<(entry: RecordedEntry) => void>(onEntry && [onEntry]);
  const redaction: Redaction = redact ? createRedaction() : (value) => value;
  const turns = createTurns();
  let asked = 0;

  const note = (what: Recorded): void => {
    const entry: RecordedEntry = { at: clock.now(), turns: turns.read(), ...what };
    turns.restart();
    ring.push(JSON.stringify(entry));
    for (const listener of [...listeners]) guarded(() => listener(entry), ignore);
  };

  const ask: Tape["ask"] = async (what, work, tell) => {
    const id = ++asked;
    const begunAt = clock.now();
    note({ type: "ask", id, ...what });
    const answered = (rest: { value?: unknown; error?: RecordedError }): void => {
      const size = rest.value === undefined ? undefined : sizeOf(rest.value);
      note({ type: "answer", id, tookMs: clock.now() - begunAt, size, ...rest });
    };
    try {
      const value = await work();
      answered({ value: tell(value) });
      return value;
    } catch (error) {
      answered({ error: recordedError(toMessagingError(error)) });
      throw error;
    }
  };

  return {
    tape: { redact: redaction, note, ask },
    recorder: {
      export() {
        const header: RecordingHeader = {
          ...{ type: "recording", version: RECORDING_VERSION, at: startedAt, redacted: redact },
          ...{ dropped: ring.dropped, ...describe() },
        };
        const end: RecordingEnd = { type: "end", at: clock.now(), turns: turns.read(), state: stateOf() };
        return `${[JSON.stringify(header), ...ring.lines(), JSON.stringify(end)].join("\n")}\n`;
      },
      entries: () => ring.lines().map((line): RecordedEntry => JSON.parse(line)),
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      get stats() {
        const { size, dropped } = ring;
        return { entries: ring.length, size, dropped };
      },
    },
  };
}

/** About what it takes on the wire, whatever the transport makes of it. */
export function sizeOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}

function recordedError({ code, retryable, retryAfterMs, cause }: MessagingError): RecordedError {
  return {
    ...{ code, retryable },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(isMessagingError(cause) && { cause: cause.code }),
  };
}

/** Who listens and fails has nobody left to tell (D10). */
const ignore = (): void => {};
