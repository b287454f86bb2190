import { MessagingError } from "../errors/messaging-error.ts";
import type { TabMember, TabMembership } from "../ports/tabs.ts";
import type { Link, Transport } from "../ports/transport.ts";
import type { TabChannel, TabLocks } from "./platform.ts";
import { clientOf, type Post, readTabMessage, type TabMessage } from "./messages.ts";
import { createRemoteTransport } from "./remote-transport.ts";
import { sharedTransport } from "./shared-transport.ts";
import { createSwitchboard } from "./switchboard.ts";

export interface MembershipOptions extends TabMember {
  readonly locks: TabLocks;
  readonly channel: TabChannel;
  readonly name: string;
  /** Its id among the tabs. */
  readonly tab: string;
}

/**
 * One tab among others, until it leaves. It holds a lock of its own for as long as it lives, and queues for the one that makes it lead:
 * the platform gives both back when a tab ends, however it ends.
 *
 *   following ──has the lock──▶ leading ──lost it to a tab that took it for hung──▶ following
 */
export function createMembership(options: MembershipOptions): TabMembership {
  const { locks, channel, name, tab, clock, onOrphans } = options;
  const shared = sharedTransport(options.transport, clock);
  const left = new AbortController();
  /** This tab's own share of the link, while it leads. */
  let own: Link | undefined;
  let queued = new AbortController();
  let leading: Leading | undefined;

  const post: Post = (message) => void (left.signal.aborted || channel.postMessage(message));
  const remote = createRemoteTransport({ tab, clock, post, onSilence: () => queue(true) });

  const lead = async (): Promise<void> => {
    leading = startLeading();
    remote.end();
    post({ type: "lead", tab });
    onOrphans();
    await leading.ended;
  };

  const startLeading = (): Leading => {
    const watched = new Set([tab]);
    const over = new AbortController();
    const watch = (other: string): void => {
      if (watched.has(other)) return;
      watched.add(other);
      // Granted when that tab has ended. Given back first, or it would count as living.
      locks
        .request(alive(other), { signal: over.signal }, async () => {})
        .then(() => {
          switchboard.gone(other);
          onOrphans();
        }, calledOff);
    };
    void livingTabs().then((tabs) => tabs.forEach(watch));
    const switchboard = createSwitchboard(shared, post);
    return {
      ended: aborted(over.signal),
      receive(message) {
        if (message.type === "here") watch(message.tab);
        switchboard.receive(message);
      },
      stop() {
        switchboard.stop();
        own?.close();
        over.abort();
      },
    };
  };

  const stopLeading = (): void => {
    leading?.stop();
    leading = undefined;
  };

  /** @param steal - from a tab that does not answer. */
  const queue = (steal = false): void => {
    if (leading || left.signal.aborted) return;
    queued.abort();
    queued = new AbortController();
    const how = steal ? { steal } : { signal: queued.signal };
    locks.request(`${name} lead`, how, lead).catch((error: unknown) => {
      if (!calledOff(error)) return void lead(); // denied, as in a sandboxed frame: to each a link of its own
      if (!leading) return;
      stopLeading(); // another took this tab for hung
      queue();
    });
  };

  const alive = (id: string): string => `${name} alive ${id}`;

  const livingTabs = async (): Promise<string[]> => {
    const { held = [] } = await locks.query().catch(() => ({ held: [] }));
    const prefix = alive("");
    return held.flatMap(({ name: lock = "" }) =>
      lock.startsWith(prefix) ? [lock.slice(prefix.length)] : [],
    );
  };

  channel.addEventListener("message", ({ data }) => {
    const message = readTabMessage(data);
    if (message) (leading ?? remote).receive(message);
  });
  const live = (): Promise<void> => {
    post({ type: "here", tab });
    return aborted(left.signal).then(options.idle);
  };
  locks.request(alive(tab), { signal: left.signal }, live).catch(calledOff);
  queue();

  const openShared: Transport["open"] = async (request, signal) => {
    const asLeader = leading;
    const link = await shared.open(request, signal);
    if (leading === asLeader) return (own = link);
    link.close(); // another took over meanwhile, and has one for all
    throw new MessagingError("connection/lost", { message: "unable to connect; another tab has the link" });
  };

  return {
    transport: {
      supports: options.transport.supports,
      async open(request, signal) {
        if (leading) return openShared(request, signal);
        try {
          return await remote.open(request, signal);
        } catch (error) {
          if (!leading || signal.aborted) throw error;
          return openShared(request, signal); // this tab came to lead while it was calling
        }
      },
    },
    async living() {
      return leading && new Set((await livingTabs()).filter((id) => id !== tab).map(clientOf));
    },
    leave() {
      if (left.signal.aborted) return;
      stopLeading();
      remote.end();
      left.abort();
      queued.abort();
      channel.close();
    },
  };
}

interface Leading {
  readonly ended: Promise<void>;
  receive(message: TabMessage): void;
  stop(): void;
}

/** By this tab, or by one that stole the lock. */
const calledOff = (error: unknown): boolean => Object(error).name === "AbortError";

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
