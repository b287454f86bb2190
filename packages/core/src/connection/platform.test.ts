import { afterEach, describe, expect, it, vi } from "vitest";
import { browserPlatform } from "./platform.ts";

afterEach(() => vi.unstubAllGlobals());

/** A window and a document as far as the platform looks at them, counting listeners. */
function browser(hostname = "chat.example") {
  const counted = (
    target: EventTarget,
  ): { readonly count: () => number; readonly fire: (name: string) => void } => {
    let count = 0;
    const add = target.addEventListener.bind(target);
    const remove = target.removeEventListener.bind(target);
    target.addEventListener = (...event: Parameters<typeof add>) => {
      count += 1;
      add(...event);
    };
    target.removeEventListener = (...event: Parameters<typeof remove>) => {
      count -= 1;
      remove(...event);
    };
    return { count: () => count, fire: (name) => void target.dispatchEvent(new Event(name)) };
  };
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const navigator = { onLine: true };
  const [onWindow, onDocument] = [counted(window), counted(document)];
  type Listening = Parameters<EventTarget["addEventListener"]>;
  vi.stubGlobal("addEventListener", (...event: Listening) => window.addEventListener(...event));
  vi.stubGlobal("removeEventListener", (...event: Listening) => window.removeEventListener(...event));
  vi.stubGlobal("document", document);
  vi.stubGlobal("navigator", navigator);
  vi.stubGlobal("location", { hostname });
  return { onWindow, onDocument, document, navigator };
}

describe("the platform of a browser", () => {
  it("tells of the network, of being shown and of waking, and stops when told to", () => {
    const { onWindow, onDocument } = browser();
    let calls = 0;
    const unsubscribe = browserPlatform().subscribe(() => void (calls += 1));
    for (const name of ["online", "offline", "pageshow"]) onWindow.fire(name);
    for (const name of ["visibilitychange", "resume"]) onDocument.fire(name);
    expect(calls).toBe(5);
    unsubscribe();
    onWindow.fire("online");
    expect([calls, onWindow.count(), onDocument.count()]).toEqual([5, 0, 0]);
  });

  it("does not tell of being hidden", () => {
    const { onDocument, document } = browser();
    let calls = 0;
    browserPlatform().subscribe(() => void (calls += 1));
    document.visibilityState = "hidden";
    onDocument.fire("visibilitychange");
    expect(calls).toBe(0);
  });

  it("believes the browser that there is no network, unless the server is this very machine", () => {
    const { navigator } = browser();
    const platform = browserPlatform();
    expect(platform.hasNetwork()).toBe(true);
    navigator.onLine = false;
    expect(platform.hasNetwork()).toBe(false);
    for (const hostname of ["localhost", "127.0.0.1", "[::1]"]) {
      vi.stubGlobal("location", { hostname });
      expect(browserPlatform().hasNetwork()).toBe(true);
    }
  });
});

describe("the platform where there is no browser", () => {
  it("says nothing and always has a network", () => {
    for (const name of ["document", "navigator", "location", "addEventListener"])
      vi.stubGlobal(name, undefined);
    const platform = browserPlatform();
    expect(platform.hasNetwork()).toBe(true);
    expect(() => platform.subscribe(() => {})()).not.toThrow();
  });

  it("trusts the network of a runtime whose navigator knows nothing of it, as Node 22", () => {
    vi.stubGlobal("navigator", { userAgent: "Node.js/22" });
    expect(browserPlatform().hasNetwork()).toBe(true);
  });
});
