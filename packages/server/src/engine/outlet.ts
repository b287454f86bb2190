import type { ErrorCode } from "@tidings/core/errors";
import type { FrameList } from "./frame-list.ts";

/** A socket, as far as the engine needs one. */
export interface Outlet {
  /** Bytes accepted by `write` that the other side has not taken yet. */
  readonly backlogBytes: number;
  /** Sends all frames of the list as one WebSocket message. */
  write(frames: FrameList): void;
  /** Closes with the close code that stands for `code`; nothing is written afterwards. */
  end(code: ErrorCode): void;
  /** Ends the connection at once, without a handshake. */
  cut(): void;
}
