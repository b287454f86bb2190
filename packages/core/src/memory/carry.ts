import type { ClientFrame } from "../protocol/frames.ts";
import { type MalformedFrame, parseClientFrames } from "../protocol/parse-client.ts";

/** What arrives of a frame at the other end of a wire: a copy, which its sender cannot change; or what is wrong with it. */
export function carry(frame: ClientFrame): ClientFrame | MalformedFrame | undefined {
  const parsed = parseClientFrames(textOf(frame));
  return parsed.ok ? parsed.frames[0] : undefined;
}

/** Why what arrived is no frame, for developers. */
export function whatIsWrong(frame: ClientFrame | MalformedFrame | undefined): string {
  return frame?.type === "malformed" ? frame.error.message : "unable to read the frame; it is not JSON";
}

/** Not JSON, and so not a frame, where there is something JSON cannot say. */
function textOf(frame: ClientFrame): string {
  try {
    return JSON.stringify(frame);
  } catch {
    return "";
  }
}
