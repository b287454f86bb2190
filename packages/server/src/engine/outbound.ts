import type { ErrorCode } from "@tidings/core/errors";
import { MOST_FRAMES } from "@tidings/core/protocol";
import type { Meter } from "../observe/meter.ts";
import type { Cancel, Clock } from "./clock.ts";
import { FrameList, type Packet } from "./frame-list.ts";
import { packetOf } from "./packets.ts";
import type { Session } from "./online.ts";

/** A WebSocket message is begun anew when it holds this much, so that no receiver has to take a huge one. */
const MESSAGE_LENGTH = 256 * 1_024;

/** What is in no hurry leaves with whatever is, or after this long; so do all such frames that came meanwhile. */
const LATER_MS = 200;
/** Those links are written to a few at a time, so that no message has to wait for all of them. */
const SLICE_MS = 25;

export interface Farewell {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/**
 * Collects the frames for each link and writes them once per turn of the event loop, as one WebSocket message: a write
 * costs more than what is in it.
 */
export class Outbound {
  readonly none: FrameList = FrameList.none();
  readonly #clock: Clock;
  readonly #mostBacklogBytes: number;
  readonly #meter: Meter;
  readonly #onFailure: (error: unknown) => void;
  #waiting: Session[] = [];
  #isScheduled = false;
  /** Links that something waits for which is in no hurry, by when it came; the newest last. */
  #slices: Session[][] = [[]];
  #cancelSlices: Cancel | undefined;

  /** @param mostBacklogBytes - a link that lets more than this pile up is closed (D9). */
  constructor(clock: Clock, mostBacklogBytes: number, meter: Meter, onFailure: (error: unknown) => void) {
    this.#clock = clock;
    this.#mostBacklogBytes = mostBacklogBytes;
    this.#meter = meter;
    this.#onFailure = onFailure;
  }

  push(session: Session, packet: Packet): void {
    if (session.phase === "closed") return;
    if (!session.isDue) this.#enlist(session);
    this.#append(session, packet);
  }

  /** As `push`, but in no hurry; the order of what is pushed stays. */
  pushLater(session: Session, packet: Packet): void {
    if (session.phase === "closed") return;
    if (session.waiting === this.none) this.#enlistLater(session);
    this.#append(session, packet);
  }

  #append(session: Session, packet: Packet): void {
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

  #enlistLater(session: Session): void {
    this.#slices.at(-1)?.push(session);
    this.#cancelSlices ??= this.#clock.every(SLICE_MS, () => this.#nextSlice());
  }

  #nextSlice(): void {
    const due = this.#slices.length > LATER_MS / SLICE_MS ? this.#slices.shift() : undefined;
    for (const session of due ?? []) this.#write(session);
    if (this.#slices.some((slice) => slice.length > 0)) return void this.#slices.push([]);
    this.#cancelSlices?.();
    this.#cancelSlices = undefined;
    this.#slices = [[]];
  }

  #enlist(session: Session): void {
    session.isDue = true;
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
    session.isDue = false;
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
