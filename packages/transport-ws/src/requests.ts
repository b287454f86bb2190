import type { MessagingError } from "@tidings/core/errors";
import type { AckFrame, PongFrame, RefreshedFrame, RejectFrame, ResultFrame } from "@tidings/core/protocol";
import { failure, refusal } from "./close-error.ts";
import type { Outgoing } from "./outgoing.ts";

export type Answer = AckFrame | ResultFrame | RefreshedFrame | PongFrame;

/** The value, if this is an answer to the request. What it throws rejects that request alone. */
export type Read<T> = (answer: Answer) => { readonly value: T } | undefined;

/**
 * What this link has asked and not been answered, by id.
 *
 * At most `mostSent` are with the server at once, and none is sent while more than `maxBufferedBytes` have not reached
 * the network; the others wait in order. No timer looks after them: while one waits at least one is out, and its answer
 * lets the next go. Should it never come, nothing would be gained by sending more, and the heartbeat of whoever owns
 * the link ends it.
 */
export interface Requests {
  /**
   * Sends it now or when its turn comes.
   *
   * @param refused - told when it is refused for now, before the promise rejects.
   * @throws {MessagingError} `protocol/busy` if too many wait; what `refused` and `end` are given.
   */
  ask<T>(id: number, frame: string, read: Read<T>, refused?: (expected?: number) => void): Promise<T>;
  /** Sends it before those that wait. */
  hurry<T>(id: number, frame: string, read: Read<T>): Promise<T>;
  /** False if the answer is not one to what was asked under its id. Answers to nothing are ignored. */
  answered(id: number, answer: Answer): boolean;
  refused(frame: RejectFrame): void;
  /** Sends what may go by now. */
  drain(): void;
  /** Refuses all. */
  end(error: MessagingError): void;
}

export interface RequestBounds {
  readonly maxBufferedBytes: number;
  readonly maxWaiting: number;
  mostSent(): number;
}

interface Request {
  readonly id: number;
  readonly frame: string;
  answer(answer: Answer): boolean;
  refuse(error: MessagingError, expected?: number): void;
}

/** How many pings and refreshes there may be on top. */
const MOST_HURRIED = 16;

export function createRequests(outgoing: Outgoing, bounds: RequestBounds): Requests {
  const sent = new Map<number, Request>();
  const waiting: Request[] = [];

  const send = (request: Request): void => {
    sent.set(request.id, request);
    outgoing.push(request.frame);
  };

  const refuse = (request: Request | undefined): void =>
    request?.refuse(failure("protocol/busy", "unable to send; too many requests wait already"));

  const mayGo = (): boolean =>
    sent.size === 0 || (sent.size < bounds.mostSent() && !(outgoing.bufferedBytes > bounds.maxBufferedBytes));

  const drain = (): void => {
    while (waiting.length > 0 && mayGo()) waiting.splice(0, 1).forEach(send);
  };

  /** The promise of a request, given to `begin` at once. */
  const promise = <T>(
    id: number,
    frame: string,
    read: Read<T>,
    begin: (request: Request) => void,
    refused?: (expected?: number) => void,
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      const answer = (answer: Answer): boolean => {
        try {
          const found = read(answer);
          if (found) resolve(found.value);
          return found !== undefined;
        } catch (error) {
          reject(error);
          return true;
        }
      };
      const refuse = (error: MessagingError, expected?: number): void => {
        if (error.retryable) refused?.(expected);
        reject(error);
      };
      begin({ id, frame, answer, refuse });
    });

  const add = (request: Request): void => {
    waiting.push(request);
    drain();
    if (waiting.length > bounds.maxWaiting) refuse(waiting.pop());
  };

  const addFirst = (request: Request): void =>
    sent.size < bounds.mostSent() + MOST_HURRIED ? send(request) : refuse(request);

  return {
    drain,
    ask: (id, frame, read, refused) => promise(id, frame, read, add, refused),
    hurry: (id, frame, read) => promise(id, frame, read, addFirst),
    answered(id, answer) {
      const isOne = sent.get(id)?.answer(answer) ?? true;
      if (isOne) sent.delete(id);
      return isOne;
    },
    refused(frame) {
      const request = sent.get(frame.id);
      sent.delete(frame.id);
      request?.refuse(refusal(frame), frame.expected);
    },
    end(error) {
      const all = [...sent.values(), ...waiting.splice(0)];
      sent.clear();
      for (const request of all) request.refuse(error);
    },
  };
}
