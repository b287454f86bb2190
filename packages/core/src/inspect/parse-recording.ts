import { MessagingError } from "../errors/messaging-error.ts";
import {
  type RecordedEntry,
  type Recording,
  RECORDING_VERSION,
  type RecordingEnd,
  type RecordingHeader,
} from "./recording.ts";

/**
 * Reads what `recorder.export()` wrote. Only the frame is checked, not each entry: who replays one that was tampered with
 * finds out.
 *
 * @throws {MessagingError} `client/misused` if it is none, or of a version this one does not know
 */
export function parseRecording(text: string): Recording {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const [first, ...rest] = lines.map(read);
  const last = rest.pop();
  if (first?.type !== "recording" || last?.type !== "end")
    throw unreadable("its first or last line is missing");
  const { version } = first as unknown as RecordingHeader;
  if (version !== RECORDING_VERSION)
    throw unreadable(`it is of version ${version}, not ${RECORDING_VERSION}`);
  return {
    header: first as unknown as RecordingHeader,
    entries: rest as unknown as readonly RecordedEntry[],
    end: last as unknown as RecordingEnd,
  };
}

interface Line {
  readonly type: string;
  readonly at: number;
}

function read(line: string, index: number): Line {
  const found = parsed(line);
  const { type, at } = Object(found) as Partial<Line>;
  if (typeof type !== "string" || typeof at !== "number") throw unreadable(`line ${index + 1} is no entry`);
  return found as Line;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function unreadable(reason: string): MessagingError {
  return new MessagingError("client/misused", { message: `unable to read the recording; ${reason}` });
}
