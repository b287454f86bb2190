import type { ErrorCode } from "@tidings/core/errors";
import { closeCodeOf } from "@tidings/core/protocol";
import { WebSocket } from "ws";
import type { FrameList } from "../engine/frame-list.ts";
import type { Outlet } from "../engine/outlet.ts";
import type { Session } from "../engine/session.ts";

/**
 * The server's end of one WebSocket. A subclass, so that what belongs to a link lies on the socket itself and the
 * listeners can be the same functions for all of them: ten thousand links make no closures.
 */
export class LinkSocket extends WebSocket implements Outlet {
  session: Session | undefined;
  /** Whose connection it counts as. */
  address = "";

  get backlogBytes(): number {
    return this.bufferedAmount;
  }

  write(frames: FrameList): void {
    if (this.readyState !== WebSocket.OPEN) return;
    frames.bytes ??= Buffer.from(frames.toText());
    this.send(frames.bytes, { binary: false });
  }

  end(code: ErrorCode): void {
    this.close(closeCodeOf(code), code);
  }

  cut(): void {
    this.terminate();
  }
}
