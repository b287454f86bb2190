import { MessagingError, toMessagingError } from "../errors/messaging-error.ts";
import type { Link, LinkEvent, OpenRequest } from "../ports/transport.ts";
import type { Ack } from "../protocol/changes.ts";
import type { JointSignals } from "./joint-signals.ts";
import { reasonOf } from "./reason.ts";
import { createRefusedLanes } from "./refused-lanes.ts";

/** One of those who use a link together: to its owner a link of its own. */
export interface Share {
  readonly link: Link;
  /** Passes on what the link told; `closed` ends the share. */
  hear(events: readonly LinkEvent[]): void;
}

export interface ShareOptions {
  readonly link: Link;
  readonly receive: OpenRequest["receive"];
  readonly signals: JointSignals<Share>;
  readonly ping: () => Promise<void>;
  readonly onAck: (ack: Ack) => void;
  readonly onRefreshed: (expiresInMs: number | undefined) => void;
  readonly onEnd: () => void;
}

export function createShare(options: ShareOptions): Share {
  const { link, receive, signals, onAck, onEnd } = options;
  const lanes = createRefusedLanes();
  const waiting = new Set<(error: MessagingError) => void>();
  let isOver = false;

  /** While the link below goes on; where that ends, it refuses what waits, and says why. */
  const end = (): void => {
    for (const refuse of waiting) refuse(over());
    leave();
  };

  const leave = (): void => {
    isOver = true;
    onEnd();
  };

  /** The answer, or the end of the share if that is sooner. */
  const answer = <T>(ask: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      if (isOver) return reject(over());
      waiting.add(reject);
      void ask()
        .then(resolve, reject)
        .finally(() => waiting.delete(reject));
    });

  const refresh = link.refresh && {
    refresh: (token: string): Promise<number | undefined> =>
      answer(async () => {
        const expiresInMs = await link.refresh?.(token);
        options.onRefreshed(expiresInMs);
        return expiresInMs;
      }),
  };

  const share: Share = {
    hear(events) {
      if (isOver || events.length === 0) return;
      try {
        receive(events);
      } catch (cause) {
        // What was missed is not known; a new share resumes and repairs it. The others have no part in it.
        end();
        receive([{ type: "closed", reason: reasonOf(toMessagingError(cause)) }]);
      }
      if (events.some(({ type }) => type === "closed") && !isOver) leave();
    },
    link: {
      ...refresh,
      submit: (command) =>
        answer(async () => {
          if (!lanes.admits(command)) throw outOfOrder();
          try {
            const ack = await link.submit(command);
            onAck(ack);
            return ack;
          } catch (error) {
            if (toMessagingError(error).retryable) lanes.refused(command);
            throw error;
          }
        }),
      query: (query) => answer(() => link.query(query)),
      ping: () => answer(options.ping),
      signal: (signal) => void (isOver || signals.say(share, signal)),
      close() {
        if (isOver) return;
        end();
        receive([{ type: "closed", reason: reasonOf(over()) }]);
      },
    },
  };
  return share;
}

function over(): MessagingError {
  return new MessagingError("connection/lost", { message: "unable to get an answer; the link has ended" });
}

function outOfOrder(): MessagingError {
  const message = "unable to take the command; one before it was refused for now";
  return new MessagingError("command/out-of-order", { message });
}
