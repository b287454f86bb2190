// @vitest-environment jsdom
import type { PushDevices } from "@tidings/core/push";
import { act, renderHook, waitFor } from "@testing-library/react";
import { usePushSubscription } from "@tidings/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { refuseWarnings } from "./harness.tsx";

refuseWarnings();
afterEach(() => vi.unstubAllGlobals());

const devices: PushDevices = {
  key: async () => "AQAB",
  put: async () => {},
  remove: async () => {},
};

/** What of a browser with pushes is used here; jsdom has none. */
function pushingBrowser(): EventTarget {
  const container = new EventTarget();
  vi.stubGlobal("Notification", { permission: "default", requestPermission: async () => "granted" });
  vi.stubGlobal("PushManager", class {});
  Object.defineProperty(navigator, "serviceWorker", { value: container, configurable: true });
  return container;
}

describe("a switch for pushes", () => {
  it("turns them on and off, and leads to what the person follows (row F12)", async () => {
    const container = pushingBrowser();
    const subscription = {
      options: { applicationServerKey: null },
      toJSON: () => ({ endpoint: "https://push.example/1", keys: { p256dh: "p", auth: "a" } }),
      unsubscribe: async () => true,
    };
    const pushManager = { getSubscription: async () => subscription, subscribe: async () => subscription };
    const opened: string[] = [];
    const { result, unmount } = renderHook(() =>
      usePushSubscription({
        devices,
        worker: async () => ({ pushManager }) as unknown as ServiceWorkerRegistration,
        onOpen: ({ conversationId }) => opened.push(conversationId),
      }),
    );
    await waitFor(() => expect(result.current.state).toBe("off"));
    await act(() => result.current.enable());
    expect(result.current.state).toBe("on");
    await act(() => result.current.disable());
    expect(result.current.state).toBe("off");
    const payload = {
      version: 1,
      conversationId: "tea",
      messageId: "m",
      seq: 1,
      count: 1,
      badge: 1,
      sound: true,
    };
    const word = (type: string) =>
      container.dispatchEvent(new MessageEvent("message", { data: { type, payload } }));
    word("tidings.pushed");
    word("tidings.opened");
    unmount();
    word("tidings.opened");
    expect(opened).toEqual(["tea"]);
    Reflect.deleteProperty(navigator, "serviceWorker");
  });

  it("says where there is nothing of the kind", async () => {
    const { result } = renderHook(() =>
      usePushSubscription({ devices, worker: async () => Promise.reject(new Error("no workers")) }),
    );
    expect(result.current.state).toBe("unsupported");
    expect(await result.current.enable()).toBe("unsupported");
  });
});
