import { assertNever } from "../base/assert-never.ts";
import { toMessagingError } from "../errors/messaging-error.ts";
import type { CloseReason, Link, LinkEvent, Transport } from "../ports/transport.ts";
import type { ServerFrame } from "../protocol/frames.ts";
import { clientOf, type Post, type SpokenFrame, type TabMessage } from "./messages.ts";
import { reasonOf } from "./reason.ts";

/** The leading tab's side: links for those who call, each of them a share of its own. */
export interface Switchboard {
  receive(message: TabMessage): void;
  /** A tab has ended, with no time to hang up. */
  gone(tab: string): void;
  /** Another leads from now on, or nobody. */
  stop(): void;
}

interface Call {
  readonly tab: string;
  readonly abort: AbortController;
  link?: Link;
}

export function createSwitchboard(transport: Transport, post: Post): Switchboard {
  const calls = new Map<string, Call>();
  /** Not yet passed on. What several calls hear at once is the same list. */
  let heard: { readonly events: readonly LinkEvent[]; readonly calls: string[] } | undefined;

  const flush = (): void => {
    if (heard) post({ type: "hear", calls: heard.calls, frames: framesOf(heard.events) });
    heard = undefined;
  };

  const hear = (call: string, events: readonly LinkEvent[]): void => {
    if (heard?.events !== events) {
      flush();
      heard = { events, calls: [] };
      queueMicrotask(flush);
    }
    heard.calls.push(call);
    const closed = events.find((event) => event.type === "closed");
    if (closed) end(call, closed.reason);
  };

  const end = (call: string, reason: CloseReason): void => {
    if (!calls.delete(call)) return;
    flush();
    post({ type: "over", call, reason });
  };

  const connect = async (call: string, tab: string, token: string | undefined): Promise<void> => {
    const mine: Call = { tab, abort: new AbortController() };
    calls.set(call, mine);
    try {
      const receive = (events: readonly LinkEvent[]): void => hear(call, events);
      mine.link = await transport.open({ token, clientId: clientOf(tab), receive }, mine.abort.signal);
      flush(); // the welcome
      if (calls.get(call) === mine)
        post({ type: "connected", call, canRefresh: mine.link.refresh !== undefined });
      else mine.link.close();
    } catch (error) {
      end(call, reasonOf(error));
    }
  };

  const hangUp = (call: string): void => {
    const ended = calls.get(call);
    calls.delete(call);
    ended?.abort.abort();
    ended?.link?.close();
  };

  const answer = async (call: string, id: number, ask: () => Promise<ServerFrame>): Promise<void> => {
    let frame: ServerFrame;
    try {
      frame = await ask();
    } catch (error) {
      const { code, retryable, retryAfterMs, message } = toMessagingError(error);
      const after = retryAfterMs === undefined ? {} : { retryAfterMs };
      frame = { type: "reject", id, code, retryable, message, ...after };
    }
    if (!calls.has(call)) return; // it ended first, and was told why
    flush(); // what was told before the answer is heard before it
    post({ type: "hear", calls: [call], frames: JSON.stringify(frame) });
  };

  const say = (call: string, frame: SpokenFrame): void => {
    const link = calls.get(call)?.link;
    if (!link) return post({ type: "over", call, reason: { code: "connection/lost", retryable: true } });
    switch (frame.type) {
      case "signal":
        return link.signal(frame.signal);
      case "submit":
        return void answer(call, frame.id, async () => ({
          ...{ type: "ack", id: frame.id, ack: await link.submit(frame.command) },
        }));
      case "query":
        return void answer(call, frame.id, async () => ({
          ...{ type: "result", id: frame.id, result: await link.query(frame.query) },
        }));
      case "ping":
        return void answer(call, frame.n, async () => {
          await link.ping();
          return { type: "pong", n: frame.n, heads: [] }; // those that moved were heard before
        });
      case "refresh":
        return void answer(call, frame.id, async () => {
          const life = await link.refresh?.(frame.token);
          return { type: "refreshed", id: frame.id, ...(life !== undefined && { tokenExpiresInMs: life }) };
        });
      default:
        assertNever(frame);
    }
  };

  return {
    receive(message) {
      if (message.type === "call") {
        post({ type: "ringing", call: message.call });
        if (!calls.has(message.call)) void connect(message.call, message.tab, message.token);
      } else if (message.type === "say") say(message.call, message.frame);
      else if (message.type === "hang-up") hangUp(message.call);
    },
    gone(tab) {
      for (const [call, caller] of [...calls]) if (caller.tab === tab) hangUp(call);
    },
    stop() {
      for (const call of [...calls.keys()]) hangUp(call);
    },
  };
}

/** The wire has no frame for heads of their own, nor needs one for the end. */
function framesOf(events: readonly LinkEvent[]): string {
  const frames = events.flatMap((event): ServerFrame[] => {
    if (event.type === "closed") return [];
    return [event.type === "heads" ? { type: "pong", n: 0, heads: event.heads } : event];
  });
  return JSON.stringify(frames);
}
