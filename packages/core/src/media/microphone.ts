import { MessagingError } from "../errors/messaging-error.ts";
import { loudnessOf } from "./waveform.ts";

/** One recording under way. */
export interface Recording {
  /** How loud it is now, 0 to 1. */
  loudness(): number;
  pause(): void;
  resume(): void;
  stop(): Promise<Blob>;
  cancel(): void;
}

/** What the platform has to record with. */
export interface Microphone {
  /** Rejects where there is none, or the person does not allow it. */
  record(): Promise<Recording>;
}

/** What browsers can record and others can play, best first. */
const TYPES = ["audio/mp4", "audio/webm;codecs=opus", "audio/ogg;codecs=opus"];

/** `getUserMedia` and `MediaRecorder`. */
export function browserMicrophone(): Microphone {
  return {
    async record() {
      const { navigator, MediaRecorder: Recorder }: Partial<typeof globalThis> = globalThis;
      if (!navigator?.mediaDevices || !Recorder) throw new MessagingError("upload/unsupported");
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const mimeType = TYPES.find((type) => Recorder.isTypeSupported(type));
      return recordingOf(stream, new Recorder(stream, mimeType === undefined ? {} : { mimeType }));
    },
  };
}

function recordingOf(stream: MediaStream, recorder: MediaRecorder): Recording {
  const pieces: Blob[] = [];
  const meter = meterOf(stream);
  const release = (): void => {
    for (const track of stream.getTracks()) track.stop();
    meter.close();
  };
  recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
  recorder.start(1_000); // a piece each second: little is lost where the page is thrown out
  return {
    loudness: meter.loudness,
    pause: () => recorder.pause(),
    resume: () => recorder.resume(),
    stop: () =>
      new Promise((resolve) => {
        const [type = ""] = recorder.mimeType.split(";");
        recorder.addEventListener("stop", () => {
          release();
          resolve(new Blob(pieces, { type }));
        });
        recorder.stop();
      }),
    cancel() {
      if (recorder.state !== "inactive") recorder.stop();
      release();
    },
  };
}

function meterOf(stream: MediaStream): { loudness(): number; close(): void } {
  const audio = new AudioContext();
  const analyser = audio.createAnalyser();
  audio.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    loudness() {
      analyser.getFloatTimeDomainData(samples);
      return loudnessOf(samples);
    },
    close: () => void audio.close(),
  };
}
