import { afterEach, describe, expect, it, vi } from "vitest";
import { platformParts } from "./put-part.ts";

/** What was done with each, in order. */
function standIn(): string[] {
  const done: string[] = [];
  class Request extends EventTarget {
    readonly upload = new EventTarget();
    readonly open = (): unknown => done.push("open");
    readonly setRequestHeader = (): void => {};
    readonly send = (): unknown => done.push("send");
    readonly abort = (): void => {
      done.push("abort");
      this.dispatchEvent(new Event("abort"));
    };
  }
  vi.stubGlobal("XMLHttpRequest", Request);
  return done;
}

describe("a part sent by XMLHttpRequest", () => {
  afterEach(() => void vi.unstubAllGlobals());

  const part = { url: "https://files/1", headers: {}, body: new ArrayBuffer(3), onProgress: () => {} };

  it("[U9] is ended when it is called off", async () => {
    const done = standIn();
    const flight = new AbortController();
    const sending = platformParts()({ ...part, signal: flight.signal });
    flight.abort(new Error("called off"));
    await expect(sending).rejects.toThrow("called off");
    expect(done).toEqual(["open", "send", "abort"]);
  });

  it("[U9] does not leave when it was called off before", async () => {
    const done = standIn();
    const signal = AbortSignal.abort(new Error("called off"));
    const sending = platformParts()({ ...part, signal });
    await expect(Promise.race([sending, Promise.resolve("left")])).rejects.toThrow("called off");
    expect(done).toEqual([]);
  });
});
