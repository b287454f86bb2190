import { assertNever } from "../base/assert-never.ts";
import { isErrorCode } from "../errors/codes.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { CloseReason, Link, LinkEvent, OpenRequest } from "../ports/transport.ts";
import type { RejectFrame, ServerFrame } from "../protocol/frames.ts";
import { parseResult, parseServerFrames } from "../protocol/parse-server.ts";
import type { SpokenFrame } from "./messages.ts";
import { errorOf } from "./reason.ts";

/** One link of this tab, by way of the tab that leads. */
export interface Call {
  link(canRefresh: boolean): Link;
  /** Server frames, as JSON. */
  hear(frames: string): void;
  /** Refuses whatever waits, then delivers `closed`. */
  over(reason: CloseReason): void;
}

export interface CallOptions {
  readonly say: (frame: SpokenFrame) => void;
  readonly receive: OpenRequest["receive"];
  readonly hangUp: () => void;
}

interface Waiting {
  answer(frame: ServerFrame): void;
  refuse(error: MessagingError): void;
}

export function createCall({ say, receive, hangUp }: CallOptions): Call {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let ended: MessagingError | undefined;

  /** @param read - the value, if this frame is an answer to what was asked; what it throws rejects that alone. */
  const ask = <T>(
    frame: (id: number) => SpokenFrame,
    read: (answer: ServerFrame) => { readonly value: T } | undefined,
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended);
      const id = (lastId += 1);
      const answer = (answer: ServerFrame): void => {
        try {
          const found = read(answer);
          if (found) resolve(found.value);
          else reject(new MessagingError("protocol/malformed"));
        } catch (error) {
          reject(error);
        }
      };
      waiting.set(id, { answer, refuse: reject });
      say(frame(id));
    });

  const settle = (id: number): Waiting | undefined => {
    const found = waiting.get(id);
    waiting.delete(id);
    return found;
  };

  const take = (frame: ServerFrame): LinkEvent[] => {
    switch (frame.type) {
      case "ack":
      case "result":
      case "refreshed":
        settle(frame.id)?.answer(frame);
        return [];
      case "reject":
        settle(frame.id)?.refuse(refusalOf(frame));
        return [];
      case "pong":
        settle(frame.n)?.answer(frame);
        return frame.heads.length > 0 ? [{ type: "heads", heads: frame.heads }] : [];
      case "closing":
        return []; // said by `over`
      case "welcome":
      case "change":
      case "receipt":
      case "signal":
      case "policy":
        return [frame];
      default:
        return assertNever(frame);
    }
  };

  const refresh = (token: string): Promise<number | undefined> =>
    ask(
      (id) => ({ type: "refresh", id, token }),
      (answer) => (answer.type === "refreshed" ? { value: answer.tokenExpiresInMs } : undefined),
    );

  return {
    link: (canRefresh) => ({
      ...(canRefresh && { refresh }),
      submit: (command) =>
        ask(
          (id) => ({ type: "submit", id, command }),
          (answer) => (answer.type === "ack" ? { value: answer.ack } : undefined),
        ),
      query: (query) =>
        ask(
          (id) => ({ type: "query", id, query }),
          (answer) =>
            answer.type === "result" ? { value: parseResult(query.type, answer.result) } : undefined,
        ),
      ping: () =>
        ask(
          (n) => ({ type: "ping", n, seen: 0 }),
          () => ({ value: undefined }),
        ),
      signal: (signal) => void (ended || say({ type: "signal", signal })),
      close: hangUp,
    }),
    hear(frames) {
      const parsed = parseServerFrames(frames);
      if (!parsed.ok) return hangUp();
      const events = parsed.frames.flatMap(take);
      if (events.length > 0) receive(events);
    },
    over(reason) {
      if (ended) return;
      const cause = errorOf(reason);
      ended = new MessagingError("connection/lost", {
        message: `unable to get an answer; ${reason.code}`,
        cause,
      });
      for (const { refuse } of waiting.values()) refuse(ended);
      waiting.clear();
      receive([{ type: "closed", reason }]);
    },
  };
}

function refusalOf({ code, ...options }: RejectFrame): MessagingError {
  return new MessagingError(isErrorCode(code) ? code : "client/unknown", options);
}
