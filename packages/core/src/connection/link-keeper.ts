import { type BackoffPolicy, backoffDelayMs } from "../base/backoff.ts";
import type { Cancel, Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import { MessagingError, toMessagingError } from "../errors/messaging-error.ts";
import type { Link } from "../ports/transport.ts";
import type { Credentials } from "./credentials.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { needsApp } from "./machine.ts";

export interface LinkKeeperOptions {
  readonly link: Link;
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff: BackoffPolicy;
  readonly credentials: Credentials;
  readonly heartbeatMs: () => number;
  readonly tokenExpiresInMs: number | undefined;
  /** The link is of no use any more. `isAlone`: it fell silent, which no other client need have noticed. */
  readonly onLost: (error: MessagingError, isAlone: boolean) => void;
}

/** What an open link needs: a heartbeat, and a new token before the old one expires. Ends with `stop`. */
export interface LinkKeeper {
  /** There is reason to doubt that the link is alive. */
  probe(): void;
  /** Gets a token and renews the link with it; does nothing where only a new link can, or while it is at it. */
  refresh(): void;
  stop(): void;
}

/** A link in doubt has this long to answer. */
const PROBE_MS = 5_000;
/** A token is renewed this long before it expires, or a quarter of its life if that is less. */
const REFRESH_LEAD_MS = 60_000;
const SOONEST_REFRESH_MS = 1_000;

export function keepLink(options: LinkKeeperOptions): LinkKeeper {
  const { link, clock, random, backoff, credentials, heartbeatMs, tokenExpiresInMs, onLost } = options;
  let cancel: Cancel = () => {};
  let isRefreshing = false;
  let isStopped = false;

  const heartbeat = startHeartbeat({
    clock,
    ping: async () => link.ping(),
    everyMs: heartbeatMs,
    probeMs: PROBE_MS,
    onSilent: () =>
      onLost(
        new MessagingError("connection/lost", { message: "unable to go on; the link fell silent" }),
        true,
      ),
  });

  const refreshIn = (delayMs: number, attempt: number): void => {
    cancel();
    cancel = clock.after(delayMs, () => void refresh(attempt));
  };

  const refreshBefore = (expiresInMs: number | undefined): void => {
    if (expiresInMs === undefined || !link.refresh) return;
    const delayMs = expiresInMs - Math.min(expiresInMs / 4, REFRESH_LEAD_MS);
    refreshIn(Math.max(SOONEST_REFRESH_MS, delayMs), 1);
  };

  const refresh = async (attempt: number): Promise<void> => {
    if (!link.refresh || isRefreshing) return;
    isRefreshing = true;
    try {
      const token = await credentials.token();
      if (isStopped || token === undefined) return;
      const expiresInMs = await link.refresh(token);
      if (!isStopped) refreshBefore(expiresInMs);
    } catch (cause) {
      const error = toMessagingError(cause, "auth/unavailable");
      if (isStopped) return;
      if (needsApp(error)) return onLost(error, false);
      // The link lives on its old token; when that expires the backend says so, and a new link asks for a new one.
      refreshIn(backoffDelayMs(attempt, backoff, random.next()), attempt + 1);
    } finally {
      isRefreshing = false;
    }
  };

  refreshBefore(tokenExpiresInMs);
  return {
    probe: () => heartbeat.probe(),
    refresh: () => void refresh(1),
    stop() {
      isStopped = true;
      cancel();
      heartbeat.stop();
    },
  };
}
