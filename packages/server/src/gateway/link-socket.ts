import type { ErrorCode } from "@tidings/core/errors";
import { closeCodeOf } from "@tidings/core/protocol";
import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import type { FrameList } from "../engine/frame-list.ts";
import type { Outlet } from "../engine/outlet.ts";
import type { Session } from "../engine/online.ts";
import { textFrame } from "./text-frame.ts";

/**
 * The server's end of one WebSocket. A subclass, so that what belongs to a link lies on the socket itself and the
 * listeners can be the same functions for all of them: ten thousand links make no closures.
 */
export class LinkSocket extends WebSocket implements Outlet {
  session: Session | undefined;
  /** The connection under the WebSocket, for frames that are ready to go. */
  stream: Duplex | undefined;
  /** Whose connection it counts as. */
  address = "";

  get backlogBytes(): number {
    return this.bufferedAmount;
  }

  write(frames: FrameList): void {
    if (this.readyState !== WebSocket.OPEN) return;
    frames.bytes ??= textFrame(frames.toText());
    this.stream?.write(frames.bytes);
  }

  end(code: ErrorCode): void {
    this.close(closeCodeOf(code), code);
  }

  cut(): void {
    this.terminate();
  }
}
