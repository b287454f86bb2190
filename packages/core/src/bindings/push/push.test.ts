import { afterEach, describe, expect, it, vi } from "vitest";
import type { PushPayload } from "../../protocol/push-payload.ts";
import { type DeviceSubscription, httpPushDevices, type PushDevices } from "./devices.ts";
import { readPushPayload } from "./push-message.ts";
import { createPushRegistration } from "./subscription.ts";
import {
  type PushWorkerEvent,
  type PushWorkerPage,
  type PushWorkerScope,
  type ServePushesOptions,
  servePushes,
} from "./worker.ts";

afterEach(() => vi.unstubAllGlobals());

const payload: PushPayload = {
  ...{ version: 1, conversationId: "tea", messageId: "m1", seq: 7, count: 1, sound: true, badge: 3 },
  ...{ authorId: "ada", name: "Tea", text: "hello" },
};

/** The part of a service worker's scope that is used, with what happened in it. */
function workerScope(pages: readonly Partial<PushWorkerPage>[] = [], options?: ServePushesOptions) {
  const listeners = new Map<string, (event: PushWorkerEvent) => void>();
  const shown: (readonly [string, object])[] = [];
  const [said, opened, badges]: [unknown[], unknown[], number[]] = [[], [], []];
  let focused = 0;
  const scope: PushWorkerScope = {
    registration: {
      scope: "https://chat.example/",
      showNotification: async (title, more) => void shown.push([title, more]),
      getNotifications: async ({ tag }) =>
        shown.map(([, more]) => ({ data: undefined, tag: "", ...more })).filter((each) => each.tag === tag),
    },
    clients: {
      matchAll: async () =>
        pages.map((page) => ({
          ...{ focused: false, visibilityState: "hidden", ...page },
          focus: async () => (focused += 1),
          postMessage: (word) => said.push(word),
        })),
      openWindow: async (url) => opened.push(url),
    },
    navigator: { setAppBadge: async (count) => void badges.push(count) },
    addEventListener: (type, listener) => void listeners.set(type, listener),
  };
  servePushes(scope, options);
  const dispatch = async (type: string, event: Omit<PushWorkerEvent, "waitUntil">): Promise<void> => {
    let work: Promise<unknown> = Promise.resolve();
    listeners.get(type)?.({ ...event, waitUntil: (given) => void (work = given) });
    await work;
  };
  return {
    ...{ shown, said, opened, badges, focused: () => focused },
    push: (data: unknown) => dispatch("push", { data: { json: () => data } }),
    pushText: (text: string) => dispatch("push", { data: { json: () => JSON.parse(text) as unknown } }),
    click: (data: unknown) => dispatch("notificationclick", { notification: { data, close: () => {} } }),
  };
}

describe("a service worker that serves pushes", () => {
  it("shows one notification a conversation, and how much is unread (row F12)", async () => {
    const { push, shown, badges } = workerScope();
    await push(payload);
    await push({ ...payload, seq: 8, count: 2, sound: false, badge: 4 });
    expect(shown).toMatchObject([
      ["Tea", { body: "ada: hello", tag: "tea", silent: false, renotify: true, data: { seq: 7 } }],
      ["Tea (2)", { tag: "tea", silent: true, renotify: false }],
    ]);
    expect(badges).toEqual([3, 4]);
  });

  it("says no more than the push does, in the app's words", async () => {
    const { authorId: _author, name: _name, text: _text, ...bare } = payload;
    const otherwise = { title: "Neue Nachricht" };
    const { push, shown } = workerScope([], { otherwise });
    await push(bare);
    await push({ ...bare, authorId: "ada" });
    expect(shown.map(([title, { body }]: readonly [string, { body?: string }]) => [title, body])).toEqual([
      ["Neue Nachricht", undefined],
      ["ada", "…"],
    ]);
    const named = workerScope([], { textOf: ({ authorId = "" }) => ({ title: authorId.toUpperCase() }) });
    await named.push(payload);
    expect(named.shown[0]?.[0]).toBe("ADA");
  });

  it("shows nothing to whoever looks at the app, and tells its pages", async () => {
    const looking = workerScope([{ focused: true, visibilityState: "visible" }, {}]);
    await looking.push(payload);
    expect(looking.shown).toEqual([]);
    expect(looking.said).toEqual([
      { type: "tidings.pushed", payload, isShown: false },
      { type: "tidings.pushed", payload, isShown: false },
    ]);
    const hidden = workerScope([{ focused: false, visibilityState: "visible" }]);
    await hidden.push(payload);
    expect(hidden.shown).toHaveLength(1);
    expect(hidden.said).toMatchObject([{ isShown: true }]);
  });

  it("shows each reminder beside what is said there, and alerts nobody twice (rows I1, F12)", async () => {
    const { push, shown } = workerScope();
    const reminder: PushPayload = { ...payload, dueAt: 5, note: "answer her" };
    for (const pushed of [payload, reminder, reminder, { ...reminder, dueAt: 9 }]) await push(pushed);
    const tag = "~/reminder/m1/tea";
    expect(shown).toMatchObject([
      ["Tea", { tag: "tea" }],
      ["Reminder: Tea", { body: "answer her", tag, renotify: true, data: { dueAt: 5 } }],
      ["Reminder: Tea", { tag, renotify: false }],
      ["Reminder: Tea", { tag, renotify: true }], // planned anew
    ]);
    const { authorId: _author, name: _name, text: _text, note: _note, ...bare } = reminder;
    const german = workerScope([], { reminder: { title: "Erinnerung" } });
    await german.push(bare);
    const { name: _place, note: _own, ...plain } = reminder;
    await german.push({ ...plain, messageId: "m2" });
    expect(
      german.shown.map(([title, { body }]: readonly [string, { body?: string }]) => [title, body]),
    ).toEqual([
      ["Erinnerung", undefined],
      ["Erinnerung: ada", "hello"],
    ]);
  });

  it("leads to the message, in a page that is open or a new one", async () => {
    const open = workerScope([{}]);
    await open.click(payload);
    expect([open.focused(), open.said, open.opened]).toEqual([1, [{ type: "tidings.opened", payload }], []]);
    const closed = workerScope([], {
      urlOf: ({ conversationId, messageId }) => `/${conversationId}#${messageId}`,
    });
    await closed.click(payload);
    expect(closed.opened).toEqual(["/tea#m1"]);
    const plain = workerScope();
    await plain.click(payload);
    expect(plain.opened).toEqual(["https://chat.example/"]);
  });

  it("leaves alone what is not for it", async () => {
    const { push, pushText, click, shown, opened } = workerScope();
    for (const data of [undefined, null, "x", {}, { ...payload, version: 2 }, { ...payload, seq: "1" }])
      await push(data);
    await pushText("{");
    await click({ something: "else" });
    expect([shown, opened]).toEqual([[], []]);
    expect(readPushPayload({ ...payload, extra: 1, text: 5 })).toEqual(
      Object.fromEntries(Object.entries(payload).filter(([name]) => name !== "text")),
    );
  });
});

/** A browser that can be pushed to, and what it was asked. */
function browser(permission = "default") {
  let current: { readonly key: Uint8Array; readonly endpoint: string } | undefined;
  let made = 0;
  const asked: string[] = [];
  const subscriptionOf = ({ key, endpoint }: NonNullable<typeof current>) => ({
    options: { applicationServerKey: key.buffer },
    toJSON: () => ({ endpoint, keys: { p256dh: "p", auth: "a" } }),
    unsubscribe: async () => ((current = undefined), true),
  });
  const pushManager = {
    getSubscription: async () => (current ? subscriptionOf(current) : null),
    async subscribe({ applicationServerKey: key }: { applicationServerKey: Uint8Array }) {
      asked.push("subscribe");
      current = { key, endpoint: `https://push.example/send/token:${(made += 1)}` };
      return subscriptionOf(current);
    },
  };
  const Notification = {
    permission,
    async requestPermission() {
      asked.push("permission");
      if (Notification.permission === "default") Notification.permission = "granted";
      return Notification.permission;
    },
  };
  vi.stubGlobal("Notification", Notification);
  vi.stubGlobal("PushManager", class {});
  vi.stubGlobal("navigator", { serviceWorker: {} });
  const worker = async () => ({ pushManager }) as unknown as ServiceWorkerRegistration;
  return { worker, asked, Notification };
}

/** What a backend has been told. */
function backend(key = "AQAB") {
  const kept = new Map<string, DeviceSubscription>();
  const state = { key, isAway: false };
  const devices: PushDevices = {
    async key() {
      if (state.isAway) throw new Error("away");
      return state.key;
    },
    put: async (deviceId, subscription) => void kept.set(deviceId, subscription),
    remove: async (deviceId) => void kept.delete(deviceId),
  };
  return { devices, kept, state };
}

describe("a device that registers for pushes", () => {
  it("asks the person, subscribes with the backend's key, and takes itself back", async () => {
    const { worker, asked } = browser();
    const { devices, kept } = backend();
    const registration = createPushRegistration({ devices, worker });
    const seen: string[] = [];
    registration.subscribe((state) => seen.push(state));
    expect(registration.get()).toBe("off");
    expect(await registration.enable()).toBe("on");
    expect([...kept]).toEqual([
      [
        "httpspushexamplesendtoken1",
        { endpoint: "https://push.example/send/token:1", keys: { p256dh: "p", auth: "a" } },
      ],
    ]);
    expect(await registration.disable()).toBe("off");
    expect(kept.size).toBe(0);
    expect([asked, seen]).toEqual([
      ["permission", "subscribe"],
      ["changing", "on", "changing", "off"],
    ]);
  });

  it("tells the backend again at each start, and subscribes anew if that has another key", async () => {
    const { worker, asked } = browser("granted");
    const { devices, kept, state } = backend();
    await createPushRegistration({ devices, worker }).enable();
    kept.clear();
    const again = createPushRegistration({ devices, worker });
    expect(await again.renew()).toBe("on");
    expect(kept.size).toBe(1);
    state.key = "BQAB";
    await again.renew();
    expect(asked.filter((what) => what === "subscribe")).toHaveLength(2);
    expect([...kept.values()].at(-1)?.endpoint).toBe("https://push.example/send/token:2");
    const asksNobody = browser();
    const silent = createPushRegistration({ devices: backend().devices, worker: asksNobody.worker });
    expect([await silent.renew(), asksNobody.asked]).toEqual(["off", []]);
  });

  it("says that it failed, and may be tried again; one press after the other", async () => {
    const { worker } = browser();
    const { devices, state } = backend();
    const registration = createPushRegistration({ devices, worker });
    state.isAway = true;
    expect(await registration.enable()).toBe("failed");
    state.isAway = false;
    const [first, second] = await Promise.all([registration.enable(), registration.disable()]);
    expect([first, second]).toEqual(["on", "off"]);
  });

  it("is denied by the person, and not supported everywhere", async () => {
    const denied = browser("denied");
    expect(await createPushRegistration({ ...backend(), worker: denied.worker }).enable()).toBe("denied");
    vi.stubGlobal("PushManager", undefined);
    const nowhere = createPushRegistration({ ...backend(), worker: denied.worker });
    expect([nowhere.get(), await nowhere.enable()]).toEqual(["unsupported", "unsupported"]);
  });
});

describe("the devices of a server, over HTTP", () => {
  it("are asked for, put and removed as their user", async () => {
    const asked: unknown[] = [];
    const answers = [
      Response.json({ publicKey: "AQAB" }),
      new Response(null, { status: 204 }),
      new Response(null, { status: 204 }),
      new Response("", { status: 404 }),
    ];
    const devices = httpPushDevices({
      ...{ url: "https://chat.example/app", auth: async () => "token" },
      fetch: async (input, init) => {
        asked.push([
          input instanceof URL ? input.href : input,
          init?.method,
          new Headers(init?.headers).get("authorization"),
          init?.body,
        ]);
        return answers.shift() ?? Response.error();
      },
    });
    const subscription = { endpoint: "https://push.example/1", keys: { p256dh: "p", auth: "a" } };
    expect(await devices.key()).toBe("AQAB");
    await devices.put("d1", subscription);
    await devices.remove("d1");
    await expect(devices.key()).rejects.toThrow("404");
    expect(asked).toEqual([
      ["https://chat.example/v1/push", "GET", "Bearer token", undefined],
      ["https://chat.example/v1/push/devices/d1", "PUT", "Bearer token", JSON.stringify(subscription)],
      ["https://chat.example/v1/push/devices/d1", "DELETE", "Bearer token", undefined],
      ["https://chat.example/v1/push", "GET", "Bearer token", undefined],
    ]);
  });
});
