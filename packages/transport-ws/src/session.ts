import type { Link, OpenRequest } from "@tidings/core";
import type { MessagingError } from "@tidings/core/errors";
import {
  closeCodeOf,
  type ClosingFrame,
  parseServerFrames,
  PROTOCOL_VERSION,
  type ServerFrame,
} from "@tidings/core/protocol";
import { closeError, failure, malformed } from "./close-error.ts";
import { createLink, type LinkOptions, type OpenLink } from "./link.ts";
import type { Socket, SocketHandler } from "./socket.ts";

/** One socket, from `new WebSocket` to its end. */
export interface Session {
  /** Resolves once `welcome` has been delivered. */
  readonly welcomed: Promise<Link>;
  /** Ends the socket, and the link if there is one. Calling it again does nothing. */
  end(): void;
}

export interface SessionBounds extends Pick<LinkOptions, "maxBufferedBytes" | "maxWaiting"> {
  readonly maxMessageLength: number;
  /** Makes of a frame what holds on this side of what stands between. */
  readonly adapt: ((frame: ServerFrame) => ServerFrame) | undefined;
}

const NORMAL_CLOSE = 1000;

/**
 *   connecting ──open: hello──▶ greeting ──welcome──▶ linked
 *        └───────────────────────┴─────────────────────┴───▶ over
 *
 * Whatever the other side sends, nothing is thrown into the socket's handler: what cannot be read ends the session.
 */
export function startSession(
  connect: (handler: SocketHandler) => Socket,
  request: OpenRequest,
  { maxMessageLength, adapt, ...bounds }: SessionBounds,
): Session {
  let welcome = (_link: Link): void => {};
  let refuse = (_error: MessagingError): void => {};
  const welcomed = new Promise<Link>((resolve, reject) => {
    welcome = resolve;
    refuse = reject;
  });
  let open: OpenLink | undefined;
  let closing: ClosingFrame | undefined;
  let isOver = false;

  const end = (why: MessagingError, closeCode = closeCodeOf(why.code)): void => {
    if (isOver) return;
    isOver = true;
    socket.close(closeCode);
    if (open) open.ended(why);
    else refuse(why);
  };
  const whyClosed = (closeCode: number, cause?: unknown): MessagingError =>
    closeError(closeCode, closing, open ? "connection/lost" : "connection/failed", cause);
  const shut = (): void => end(whyClosed(NORMAL_CLOSE), NORMAL_CLOSE);

  const accept = (frames: readonly ServerFrame[]): void => {
    for (const frame of frames) if (frame.type === "closing") closing = frame;
    const [first] = frames;
    if (!first) return;
    if (!open) {
      if (first.type === "closing") return shut();
      if (first.type !== "welcome") return end(malformed("the first frame is no welcome"));
      const { receive } = request;
      open = createLink({ ...bounds, socket, receive, policy: first.welcome.policy, shut });
    }
    const problem = open.accept(frames);
    if (problem) end(problem);
    welcome(open.link);
  };

  const socket = connect({
    opened() {
      const { clientId, token } = request;
      socket.send(JSON.stringify({ type: "hello", version: PROTOCOL_VERSION, clientId, token }));
    },
    received(data) {
      if (typeof data !== "string") return end(malformed("it is not text"));
      if (data.length > maxMessageLength)
        return end(failure("protocol/too-large", "unable to read the frame; it is too long"));
      const parsed = parseServerFrames(data);
      if (parsed.ok) accept(adapt ? parsed.frames.map(adapt) : parsed.frames);
      else end(parsed.error);
    },
    closed: (closeCode, cause) => end(whyClosed(closeCode, cause)),
  });

  return { welcomed, end: shut };
}
