import { type Cancel, type Clock, systemClock } from "../base/clock.ts";
import { createScope, type Observable } from "../base/observable.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Prepared } from "./types.ts";
import { browserMicrophone, type Microphone, type Recording } from "./microphone.ts";
import { waveformOf } from "./waveform.ts";

export interface VoiceState {
  readonly phase: "idle" | "starting" | "recording" | "paused";
  readonly durationMs: number;
  /** The newest levels, each 0 to 1, oldest first: for a picture while somebody speaks. */
  readonly levels: readonly number[];
  /** Why it could not begin, or broke off. */
  readonly error: MessagingError | undefined;
}

export interface VoiceOptions {
  /** Default: the browser's. */
  readonly microphone?: Microphone;
  readonly clock?: Clock;
  /** It stops by itself after that. Default 15 minutes. */
  readonly mostMs?: number;
}

/** Records what somebody says. Nothing of it needs a network. */
export interface VoiceRecorder extends Observable<VoiceState> {
  /** Asks for the microphone, and records. Never rejects: `error` says why not. */
  start(): Promise<void>;
  pause(): void;
  resume(): void;
  /** What was said, as a voice message; `undefined` if nothing was. */
  stop(): Promise<Prepared | undefined>;
  /** Throws away what was said. */
  cancel(): void;
}

const IDLE: VoiceState = { phase: "idle", durationMs: 0, levels: [], error: undefined };
const MOST_MS = 15 * 60_000;
/** How often it is measured how loud it is. */
const MEASURE_MS = 100;
const SHOWN_LEVELS = 60;

export function createVoiceRecorder(options: VoiceOptions = {}): VoiceRecorder {
  const { clock = systemClock, mostMs = MOST_MS, microphone = browserMicrophone() } = options;
  const scope = createScope(() => {});
  const state = scope.cell(IDLE);
  const levels: number[] = [];
  let recording: Recording | undefined;
  let timer: Cancel = () => {};
  let attempt = 0;

  const measure = (): void => {
    timer = clock.after(MEASURE_MS, () => {
      if (!recording) return;
      levels.push(recording.loudness());
      const durationMs = levels.length * MEASURE_MS;
      state.set({ ...state.get(), durationMs, levels: levels.slice(-SHOWN_LEVELS) });
      if (durationMs >= mostMs) return pause();
      measure();
    });
  };

  const pause = (): void => {
    if (state.get().phase !== "recording") return;
    timer();
    recording?.pause();
    state.set({ ...state.get(), phase: "paused" });
  };

  const reset = (error?: MessagingError): void => {
    attempt += 1;
    timer();
    recording?.cancel();
    recording = undefined;
    levels.length = 0;
    state.set({ ...IDLE, error });
  };

  return {
    get: state.get,
    subscribe: state.subscribe,
    async start() {
      if (state.get().phase !== "idle") return;
      const mine = (attempt += 1);
      state.set({ ...IDLE, phase: "starting" });
      try {
        const begun = await microphone.record();
        if (mine !== attempt) return begun.cancel(); // called off meanwhile
        recording = begun;
        state.set({ ...IDLE, phase: "recording" });
        measure();
      } catch (cause) {
        if (mine === attempt) reset(noMicrophone(cause));
      }
    },
    pause,
    resume() {
      if (state.get().phase !== "paused" || levels.length * MEASURE_MS >= mostMs) return;
      recording?.resume();
      state.set({ ...state.get(), phase: "recording" });
      measure();
    },
    async stop() {
      const ended = recording;
      const { durationMs } = state.get();
      const waveform = waveformOf(levels);
      timer();
      recording = undefined;
      reset();
      const file = await ended?.stop();
      if (!file || file.size === 0) return undefined;
      return { file, about: { kind: "voice", name: nameOf(file), durationMs, waveform } };
    },
    cancel: () => reset(),
  };
}

function nameOf({ type }: Blob): string {
  return `voice.${/^audio\/(\w+)/.exec(type)?.[1] ?? "bin"}`;
}

function noMicrophone(cause: unknown): MessagingError {
  const message = "unable to record; there is no microphone, or it may not be used";
  return new MessagingError("upload/unsupported", { message, cause });
}
