import { assertNever } from "../base/assert-never.ts";
import type { Cancel, Clock } from "../base/clock.ts";
import type { CloseReason, Link, Transport } from "../ports/transport.ts";
import { type Call, createCall } from "./call.ts";
import type { Post, TabMessage } from "./messages.ts";
import { errorOf } from "./reason.ts";

/** The side of a tab that does not lead: links by way of the one that does. */
export interface RemoteTransport {
  readonly open: Transport["open"];
  receive(message: TabMessage): void;
  /** All calls end: whoever they went to leads no more. */
  end(): void;
}

export interface RemoteOptions {
  readonly tab: string;
  readonly clock: Clock;
  readonly post: Post;
  /** Nobody has taken the call: the tab that leads hangs. */
  readonly onSilence: () => void;
}

/** A call that waits to be put through. */
interface Dialling {
  dial(): void;
  readonly silence: Cancel;
  connected(canRefresh: boolean): void;
  failed(reason: CloseReason): void;
}

/** A tab that lives answers within milliseconds; one whose script hangs, not at all. */
const SILENCE_MS = 3_000;

export function createRemoteTransport({ tab, clock, post, onSilence }: RemoteOptions): RemoteTransport {
  const calls = new Map<string, Call>();
  const dialling = new Map<string, Dialling>();
  let count = 0;

  const over = (id: string, reason: CloseReason): void => {
    const call = calls.get(id);
    const waiting = dialling.get(id);
    calls.delete(id);
    dialling.delete(id);
    waiting?.silence();
    if (waiting) waiting.failed(reason);
    else call?.over(reason);
  };

  const hangUp = (id: string): void => {
    if (!calls.has(id)) return;
    post({ type: "hang-up", call: id });
    over(id, unwanted);
  };

  return {
    open({ token, receive }, signal) {
      const id = `${tab} ${(count += 1)}`;
      const call = createCall({
        ...{ receive, hangUp: () => hangUp(id) },
        say: (frame) => post({ type: "say", call: id, frame }),
      });
      const abort = (): void => hangUp(id);
      const opened = new Promise<Link>((resolve, reject) => {
        if (signal.aborted) return reject(errorOf(unwanted));
        calls.set(id, call);
        dialling.set(id, {
          dial: () => post({ type: "call", call: id, tab, token }),
          silence: clock.after(SILENCE_MS, onSilence),
          connected: (canRefresh) => resolve(call.link(canRefresh)),
          failed: (reason) => reject(errorOf(reason)),
        });
        signal.addEventListener("abort", abort);
        dialling.get(id)?.dial();
      });
      return opened.finally(() => signal.removeEventListener("abort", abort));
    },
    receive(message) {
      switch (message.type) {
        case "lead":
          for (const id of [...calls.keys()]) if (!dialling.has(id)) over(id, gone);
          for (const { dial } of dialling.values()) dial();
          return;
        case "ringing":
          return dialling.get(message.call)?.silence();
        case "connected":
          dialling.get(message.call)?.connected(message.canRefresh);
          return void dialling.delete(message.call);
        case "hear":
          for (const id of message.calls) calls.get(id)?.hear(message.frames);
          return;
        case "over":
          return over(message.call, message.reason);
        case "here":
        case "call":
        case "say":
        case "hang-up":
          return; // for whoever leads
        default:
          assertNever(message);
      }
    },
    end() {
      for (const id of [...calls.keys()]) over(id, gone);
    },
  };
}

const gone: CloseReason = {
  ...{ code: "connection/lost", retryable: true },
  message: "unable to go on; the tab that had the link is gone",
};

const unwanted: CloseReason = {
  ...{ code: "connection/lost", retryable: true },
  message: "unable to go on; the link is no longer wanted",
};
