import { createScope, type Observable } from "../../base/observable.ts";
import { rethrow } from "../rethrow.ts";
import type { DeviceSubscription, PushDevices } from "./devices.ts";

/**
 * `unsupported`: this browser cannot be pushed to, or not this page. `denied`: the person has said so to the browser, where
 * only they can change it. `failed`: it was tried, and may be tried again.
 */
export type PushState = "unsupported" | "denied" | "off" | "changing" | "on" | "failed";

/** Is this device pushed to? Observes that. */
export interface PushRegistration extends Observable<PushState> {
  /** Asks the person if need be, so call it in answer to a click or a key. */
  enable(): Promise<PushState>;
  disable(): Promise<PushState>;
  /**
   * Tells the backend again what the browser has, as it may have forgotten, or another person have signed in. To be
   * called when an app starts; asks nobody anything.
   */
  renew(): Promise<PushState>;
}

export interface PushRegistrationOptions {
  readonly devices: PushDevices;
  /** The service worker that shows what is pushed: `() => navigator.serviceWorker.register("/worker.js")`. */
  readonly worker: () => Promise<ServiceWorkerRegistration>;
}

export function createPushRegistration({ devices, worker }: PushRegistrationOptions): PushRegistration {
  const scope = createScope(rethrow);
  const state = scope.cell<PushState>("unsupported");
  scope.hold(); // as on a server
  state.set(initialState());
  let last: Promise<PushState> = Promise.resolve(state.get());

  /** One after the other: a person may press a switch faster than a network answers. */
  const change = (work: () => Promise<PushState>): Promise<PushState> => {
    if (state.get() === "unsupported") return last;
    last = last.then(async () => {
      const before = state.get();
      state.set("changing");
      try {
        state.set(await work());
      } catch {
        state.set(before === "on" ? "on" : "failed");
      }
      return state.get();
    });
    return last;
  };

  const tell = async (manager: PushManager, known: PushSubscription | null): Promise<PushState> => {
    const key = bytesOf(await devices.key());
    let subscription = known;
    if (subscription && !isOf(subscription, key)) {
      await subscription.unsubscribe(); // the backend has other keys now
      subscription = null;
    }
    subscription ??= await manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const described = describe(subscription);
    if (!described) return "failed";
    await devices.put(deviceIdOf(described), described);
    return "on";
  };

  return {
    get: state.get,
    subscribe: state.subscribe,
    enable: () =>
      change(async () => {
        if ((await Notification.requestPermission()) !== "granted") return initialState();
        const { pushManager } = await worker();
        return tell(pushManager, await pushManager.getSubscription());
      }),
    disable: () =>
      change(async () => {
        const subscription = await (await worker()).pushManager.getSubscription();
        const described = subscription && describe(subscription);
        if (described) await devices.remove(deviceIdOf(described));
        await subscription?.unsubscribe();
        return "off";
      }),
    renew: () =>
      change(async () => {
        if (Notification.permission !== "granted") return initialState(); // so there is nothing to renew
        const { pushManager } = await worker();
        const subscription = await pushManager.getSubscription();
        return subscription ? tell(pushManager, subscription) : initialState();
      }),
  };
}

function initialState(): PushState {
  const { Notification, PushManager, navigator }: Partial<typeof globalThis> = globalThis;
  if (!Notification || !PushManager || !navigator || !("serviceWorker" in navigator)) return "unsupported";
  return Notification.permission === "denied" ? "denied" : "off";
}

function describe(subscription: PushSubscription): DeviceSubscription | undefined {
  const { endpoint, keys } = subscription.toJSON();
  const { p256dh, auth } = keys ?? {};
  return endpoint && p256dh && auth ? { endpoint, keys: { p256dh, auth } } : undefined;
}

const LONGEST_ID = 64;

/** What tells one browser of a person from another is the end of its address, and nobody has to keep it. */
function deviceIdOf({ endpoint }: DeviceSubscription): string {
  return endpoint.replace(/[^\w-]/gu, "").slice(-LONGEST_ID);
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Browsers that do not tell with which key are believed. */
function isOf({ options }: PushSubscription, key: Uint8Array): boolean {
  const known = options.applicationServerKey;
  if (!known) return true;
  const bytes = new Uint8Array(known);
  return bytes.length === key.length && bytes.every((byte, index) => byte === key[index]);
}
