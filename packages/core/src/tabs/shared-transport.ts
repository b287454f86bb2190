import type { Clock } from "../base/clock.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Link, LinkEvent, OpenRequest, Transport } from "../ports/transport.ts";
import type { Ack } from "../protocol/changes.ts";
import type { Welcome } from "../protocol/frames.ts";
import { joinSignals } from "./joint-signals.ts";
import { createKnownHeads } from "./known-heads.ts";
import { createShare, type Share } from "./share.ts";

/**
 * One link for many: every `open` gets a share of it, which is a link to whoever has it. The first opens the link, the
 * last to close ends it. Who comes later is welcomed with where things stand by then; what a command changed is an ack to
 * one share, and a push to the others.
 */
export function sharedTransport(transport: Transport, clock: Clock): Transport {
  let line: Line | undefined;
  return {
    supports: transport.supports,
    open(request, signal) {
      const mine = (line ??= openLine(transport, clock, request, () => {
        if (line === mine) line = undefined;
      }));
      return mine.join(request.receive, signal);
    },
  };
}

interface Line {
  join(receive: OpenRequest["receive"], signal: AbortSignal): Promise<Link>;
}

function openLine(
  transport: Transport,
  clock: Clock,
  { token, clientId }: OpenRequest,
  onOver: () => void,
): Line {
  const abort = new AbortController();
  const heads = createKnownHeads();
  const shares = new Set<Share>();
  const signals = joinSignals<Share>((signal) => link?.signal(signal));
  let joining = 0;
  let link: Link | undefined;
  let welcome: Welcome | undefined;
  let welcomedAt = 0;
  let expiresAt: number | undefined;
  let pinging: Promise<void> | undefined;

  const expire = (inMs: number | undefined): void => {
    expiresAt = inMs === undefined ? undefined : clock.now() + inMs;
  };

  const hear = (event: LinkEvent): void => {
    heads.hear(event);
    if (event.type === "policy" && welcome) welcome = { ...welcome, policy: event.policy };
    if (event.type === "closed") onOver();
    if (event.type !== "welcome") return;
    welcome = event.welcome;
    welcomedAt = clock.now();
    expire(welcome.tokenExpiresInMs);
  };

  const receive = (events: readonly LinkEvent[]): void => {
    events.forEach(hear);
    for (const share of [...shares]) share.hear(events);
  };

  const opening = transport.open({ token, clientId, receive }, abort.signal).then(
    (opened) => void (link = opened),
    (error: unknown) => {
      onOver();
      throw error;
    },
  );
  opening.catch(() => {}); // told to those who wait for it

  /** As if it had been opened just now. */
  const welcomeNow = (said: Welcome): Welcome => {
    const at = Math.max(0, Math.round(said.at + clock.now() - welcomedAt));
    const left = expiresAt === undefined ? undefined : Math.max(0, Math.round(expiresAt - clock.now()));
    const { tokenExpiresInMs: _, ...rest } = said;
    return { ...rest, at, heads: heads.all(), ...(left !== undefined && { tokenExpiresInMs: left }) };
  };

  /** What one's command has changed is news to the others. */
  const spread = (author: Share, ack: Ack): void => {
    heads.acked(ack);
    const news: LinkEvent[] = ack.changes.map((change) => ({ type: "change", change }));
    if (ack.receipt) news.push({ type: "receipt", receipt: ack.receipt });
    for (const share of [...shares]) if (share !== author) share.hear(news);
  };

  const closeIfUnused = (): void => {
    if (shares.size > 0 || joining > 0) return;
    onOver();
    abort.abort();
    link?.close();
  };

  const shareOf = (of: Link, said: Welcome, tell: OpenRequest["receive"]): Link => {
    const share: Share = createShare({
      ...{ link: of, receive: tell, signals },
      onAck: (ack) => spread(share, ack),
      ping: () => (pinging ??= of.ping().finally(() => (pinging = undefined))),
      onRefreshed: expire,
      onEnd() {
        signals.leave(share);
        shares.delete(share);
        closeIfUnused();
      },
    });
    share.hear([{ type: "welcome", welcome: welcomeNow(said) }]);
    shares.add(share);
    return share.link;
  };

  return {
    async join(tell, signal) {
      joining += 1;
      try {
        await unlessAborted(opening, signal);
        if (!link || !welcome) throw unwanted();
        return shareOf(link, welcome, tell);
      } finally {
        joining -= 1;
        closeIfUnused();
      }
    },
  };
}

async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let give: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    give = () => reject(unwanted());
  });
  if (signal.aborted) throw unwanted();
  signal.addEventListener("abort", give);
  try {
    await Promise.race([work, aborted]);
    if (signal.aborted) throw unwanted();
  } finally {
    signal.removeEventListener("abort", give);
  }
}

function unwanted(): MessagingError {
  return new MessagingError("connection/lost", {
    message: "unable to open a link; it is no longer wanted",
  });
}
