import type { ErrorCode } from "@tidings/core/errors";
import { MOST_FRAMES } from "@tidings/core/protocol";
import type { Meter } from "../observe/meter.ts";
import type { Clock } from "./clock.ts";
import { FrameList, type Packet } from "./frame-list.ts";
import { packetOf } from "./packets.ts";
import type { Session } from "./online.ts";

/** A WebSocket message is begun anew when it holds this much, so that no receiver has to take a huge one. */
const MESSAGE_LENGTH = 256 * 1_024;

export interface Farewell {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** Collects the frames for each link and writes them once per turn of the event loop, as one WebSocket message. */
export class Outbound {
  readonly none: FrameList = FrameList.none();
  readonly #clock: Clock;
  readonly #mostBacklogBytes: number;
  readonly #meter: Meter;
  readonly #onFailure: (error: unknown) => void;
  #waiting: Session[] = [];
  #isScheduled = false;

  /** @param mostBacklogBytes - a link that lets more than this pile up is closed (D9). */
  constructor(clock: Clock, mostBacklogBytes: number, meter: Meter, onFailure: (error: unknown) => void) {
    this.#clock = clock;
    this.#mostBacklogBytes = mostBacklogBytes;
    this.#meter = meter;
    this.#onFailure = onFailure;
  }

  push(session: Session, packet: Packet): void {
    if (session.phase === "closed") return;
    if (session.waiting === this.none) this.#enlist(session);
    session.waiting = session.waiting.append(packet);
    if (session.waiting.count >= MOST_FRAMES || session.waiting.length >= MESSAGE_LENGTH)
      this.#write(session);
  }

  /** Says why, writes what waits, closes. */
  close(session: Session, { code, message, retryAfterMs }: Farewell): void {
    if (session.phase === "closed") return;
    this.#meter.add("farewell", code);
    this.push(session, packetOf({ type: "closing", code, message, ...(retryAfterMs && { retryAfterMs }) }));
    const { waiting } = session;
    session.waiting = this.none;
    this.#carefully(session, () => {
      if (waiting !== this.none) session.outlet.write(waiting);
      session.phase = "closed";
      session.outlet.end(code);
    });
  }

  flush(): void {
    const sessions = this.#waiting;
    this.#waiting = [];
    for (const session of sessions) this.#write(session);
    this.none.restart();
  }

  #enlist(session: Session): void {
    this.#waiting.push(session);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.soon(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  #write(session: Session): void {
    const { waiting, outlet } = session;
    session.waiting = this.none;
    if (waiting === this.none || session.phase === "closed") return;
    if (outlet.backlogBytes <= this.#mostBacklogBytes)
      return this.#carefully(session, () => outlet.write(waiting));
    // What it missed it will fetch when it comes back: changes are numbered (D4).
    this.close(session, {
      code: "connection/slow",
      message: "unable to keep the link; it takes in less than is sent to it",
    });
  }

  /** A link that throws is cut, or its client would wait for what it did not get; it costs the others nothing. */
  #carefully(session: Session, work: () => void): void {
    try {
      work();
    } catch (error) {
      session.phase = "closed";
      session.outlet.cut();
      this.#onFailure(error);
    }
  }
}
