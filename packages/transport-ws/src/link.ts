import type { Link, LinkEvent } from "@tidings/core";
import type { MessagingError } from "@tidings/core/errors";
import {
  type Ack,
  frameBytes,
  type Limits,
  parseResult,
  type Policy,
  type ServerFrame,
  type Signal,
} from "@tidings/core/protocol";
import { failure, malformed } from "./close-error.ts";
import { createLanes } from "./lanes.ts";
import { createOutgoing, MOST_BYTES_PER_UNIT } from "./outgoing.ts";
import { type Answer, createRequests } from "./requests.ts";
import type { Socket } from "./socket.ts";

/** A link and the side of it that faces the socket. */
export interface OpenLink {
  readonly link: Link;
  /**
   * Takes what came in one WebSocket message. All events in it are delivered before any promise that it settles runs
   * its reactions; those of later messages may come before or after these.
   *
   * @returns why the link cannot go on, if so.
   */
  accept(frames: readonly ServerFrame[]): MessagingError | undefined;
  /** Rejects whatever waits, then delivers `closed`. Called once. */
  ended(why: MessagingError): void;
}

export interface LinkOptions {
  readonly socket: Socket;
  readonly policy: Policy;
  readonly receive: (events: readonly LinkEvent[]) => void;
  readonly maxBufferedBytes: number;
  readonly maxWaiting: number;
  /** Ends the socket and then the link. */
  readonly shut: () => void;
}

/** How many answers we remember to wait for, whatever the policy allows (D9). */
const MOST_SENT = 1_000;

export function createLink(options: LinkOptions): OpenLink {
  const { socket, policy, receive, maxBufferedBytes, maxWaiting, shut } = options;
  let limits: Limits = policy.limits;
  let isWelcomed = false;
  let over: MessagingError | undefined;
  let lastId = 0;
  let lastPing = 0;
  let seen = 0;
  const events: LinkEvent[] = [];
  const outgoing = createOutgoing(
    socket,
    () => limits.frameBytes,
    () => drain(),
  );
  const mostSent = (): number => Math.min(limits.inFlight, MOST_SENT) - 1; // one is kept free for `refresh`
  const requests = createRequests(outgoing, { maxBufferedBytes, maxWaiting, mostSent });
  const lanes = createLanes();
  /** State the server must learn, though not now: the newest of each type. */
  const held = new Map<Signal["type"], string>();

  const isFull = (): boolean => outgoing.bufferedBytes > maxBufferedBytes;

  const drain = (): void => {
    requests.drain();
    for (const [type, frame] of held) {
      if (isFull()) return;
      held.delete(type);
      outgoing.push(frame);
    }
  };

  const isTooLarge = (frame: string): boolean =>
    frame.length * MOST_BYTES_PER_UNIT > limits.frameBytes && frameBytes(frame) > limits.frameBytes;

  /** @throws {MessagingError} `connection/lost`, `protocol/too-large` */
  const pack = (content: object): string => {
    if (over) throw over;
    const frame = JSON.stringify(content);
    if (!isTooLarge(frame)) return frame;
    throw failure(
      "protocol/too-large",
      `unable to send; the server takes ${limits.frameBytes} bytes at most`,
    );
  };

  const deliver = (batch: readonly LinkEvent[]): MessagingError | undefined => {
    try {
      if (batch.length > 0) receive(batch);
      return undefined;
    } catch (cause) {
      // What was missed is not known; a new link resumes and repairs it.
      return failure("client/unknown", "unable to go on; the listener threw", { cause });
    }
  };

  const answered = (id: number, answer: Answer): MessagingError | undefined =>
    requests.answered(id, answer) ? undefined : malformed(`this ${answer.type} answers something else`);

  /** @returns why the link cannot go on, if so. */
  const handle = (frame: ServerFrame): MessagingError | undefined => {
    switch (frame.type) {
      case "ack":
      case "result":
      case "refreshed":
        return answered(frame.id, frame);
      case "pong":
        return answered(-frame.n, frame);
      case "reject":
        requests.refused(frame);
        return undefined;
      case "closing":
        return undefined; // remembered by the session
      case "welcome":
        if (isWelcomed) return malformed("a second welcome");
        isWelcomed = true;
        break;
      case "policy":
        limits = frame.policy.limits;
        break;
      case "change":
      case "receipt":
      case "signal":
        break;
    }
    events.push(frame);
    return undefined;
  };

  const link: Link = {
    // All four do their work before they return; `async` makes rejections of what they throw.
    async submit(command) {
      const id = ++lastId;
      const place = lanes.place(command);
      const frame = pack({ type: "submit", id, lane: place.number, command });
      place.take();
      const read = (answer: Answer): { value: Ack } | undefined =>
        answer.type === "ack" && answer.ack.commandId === command.commandId
          ? { value: answer.ack }
          : undefined;
      return requests.ask(id, frame, read, place.refused);
    },
    async query(query) {
      const id = ++lastId;
      return requests.ask(id, pack({ type: "query", id, query }), (answer) =>
        answer.type === "result" ? { value: parseResult(query.type, answer.result) } : undefined,
      );
    },
    async refresh(token) {
      const id = ++lastId;
      return requests.hurry(id, pack({ type: "refresh", id, token }), (answer) =>
        answer.type === "refreshed" ? { value: answer.tokenExpiresInMs } : undefined,
      );
    },
    async ping() {
      const n = ++lastPing;
      // Pings have a count of their own; below zero it does not meet the other.
      return requests.hurry(-n, pack({ type: "ping", n, seen }), (answer) => {
        if (answer.type !== "pong") return undefined;
        seen = n;
        if (answer.heads.length > 0) events.push({ type: "heads", heads: answer.heads });
        return { value: undefined };
      });
    },
    signal(signal) {
      const frame = JSON.stringify({ type: "signal", signal });
      if (over || isTooLarge(frame)) return;
      held.delete(signal.type);
      if (!isFull()) outgoing.push(frame);
      else if (signal.type !== "typing") held.set(signal.type, frame);
    },
    close() {
      outgoing.flush();
      shut();
    },
  };

  return {
    link,
    accept(frames) {
      let problem: MessagingError | undefined;
      for (const frame of frames) problem ??= handle(frame);
      problem = deliver(events.splice(0)) ?? problem;
      drain();
      return problem;
    },
    ended(why) {
      over = failure("connection/lost", `unable to get an answer; ${why.code}`, { cause: why });
      requests.end(over);
      const { code, retryable, retryAfterMs, message } = why;
      const after = retryAfterMs === undefined ? {} : { retryAfterMs };
      deliver([{ type: "closed", reason: { code, retryable, message, ...after } }]);
    },
  };
}
