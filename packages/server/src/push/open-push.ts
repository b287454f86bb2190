import type { Bus, BusEvent, Looking, NodeView } from "../bus/bus.ts";
import type { Clock } from "../engine/clock.ts";
import { isOutlived } from "../engine/outlived.ts";
import type { Remind } from "../engine/plans.ts";
import type { Meter } from "../observe/meter.ts";
import type { Store } from "../store/store.ts";
import type { PushTargets } from "../store/push.ts";
import type { PushProvider } from "./provider.ts";
import type { PushSettings } from "./push-options.ts";
import { PushQueue } from "./push-queue.ts";
import { Pusher } from "./pusher.ts";
import { remindByPush } from "./reminders.ts";

/** What tells people of messages while they are not there, and of what they wanted to be reminded of. */
export interface PushService {
  readonly provider: PushProvider;
  readonly targets: PushTargets;
  readonly remind: Remind;
  /** The same bus; what this node publishes on it is heard. */
  over(bus: Bus): Bus;
  /** Tells of what waits, by what is so now. */
  flush(): Promise<void>;
  /** Pushes what waits, for as long as `timeoutMs` allows. */
  close(timeoutMs: number): Promise<void>;
}

export interface OpenPushOptions {
  readonly settings: PushSettings | undefined;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: () => number;
  readonly meter: Meter;
  readonly onFailure: (error: unknown) => void;
}

const POLL_MS = 20;

/** @returns undefined if nobody is to be pushed, or the store keeps no devices. */
export async function openPush(options: OpenPushOptions): Promise<PushService | undefined> {
  const { settings, store, clock, random, meter, onFailure } = options;
  const { push: targets } = store;
  if (!settings || !targets) return undefined;
  const provider = await openProvider(settings);
  if (!provider) return undefined;
  const queue = new PushQueue({
    ...{ provider, clock, random, onFailure },
    current: async ({ userId, deviceId }) =>
      (await targets.of(userId)).find((target) => target.deviceId === deviceId),
    onOutcome(kind, { target }) {
      meter.add("push", kind);
      if (kind === "gone") void targets.drop(target).catch(onFailure);
    },
  });
  const blocks = store.blocks?.bind(store);
  /** Who was erased meanwhile leaves no device behind: whoever saw to that may not have found it yet. */
  const put: PushTargets["put"] = async (target) => {
    await targets.put(target);
    if (isOutlived(target.at, await store.erasures?.of(target.userId))) await targets.drop(target);
  };
  let looking: Looking = () => Promise.resolve(new Set<string>());
  const pusher = new Pusher({
    ...{ ...settings, store, blocks, targets, queue, clock, onFailure },
    looking: (...of) => looking(...of),
  });
  return {
    ...{ provider, targets: { ...targets, put } },
    remind: remindByPush({ ...settings, store, targets, queue, clock }),
    over: (bus) =>
      overheard(bus, {
        onPublish: (events) => pusher.hear(events),
        onNode: (node) => (looking = lookingAnywhere(bus, node)),
      }),
    flush: () => pusher.flush(),
    async close(timeoutMs) {
      await pusher.flush();
      await until(() => queue.isIdle, timeoutMs, clock);
      queue.stop();
      provider.close?.();
    },
  };
}

/** Loaded by those who use it. */
async function openProvider({ provider, vapid }: PushSettings): Promise<PushProvider | undefined> {
  if (provider || !vapid) return provider;
  const { webPushProvider } = await import("./web-push-provider.ts");
  return webPushProvider(vapid);
}

interface Overhearing {
  readonly onPublish: (events: readonly BusEvent[]) => void;
  readonly onNode: (node: NodeView) => void;
}

function overheard(bus: Bus, { onPublish, onNode }: Overhearing): Bus {
  return {
    publish(events) {
      bus.publish(events);
      onPublish(events);
    },
    listen(listener, node) {
      onNode(node);
      bus.listen(listener, node);
    },
    looking: bus.looking && ((...of) => bus.looking?.(...of) ?? nobody()),
    watched: bus.watched && ((conversationId) => bus.watched?.(conversationId)),
    get isConnected() {
      return bus.isConnected;
    },
    close: () => bus.close(),
  };
}

const nobody = (): Promise<ReadonlySet<string>> => Promise.resolve(new Set());

/** Here or on another node. */
function lookingAnywhere(bus: Bus, node: NodeView): Looking {
  return async (conversationId, userIds) => {
    const here = node.looking(conversationId, userIds);
    const others = userIds.filter((userId) => !here.includes(userId));
    const elsewhere = others.length > 0 ? await bus.looking?.(conversationId, others) : undefined;
    return new Set([...here, ...(elsewhere ?? [])]);
  };
}

function until(isSo: () => boolean, timeoutMs: number, clock: Clock): Promise<void> {
  const end = clock.now() + timeoutMs;
  if (isSo()) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = clock.every(POLL_MS, () => {
      if (!isSo() && clock.now() < end) return;
      cancel();
      resolve();
    });
  });
}
