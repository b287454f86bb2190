// @vitest-environment jsdom
import { act, render, renderHook } from "@testing-library/react";
import type { Microphone } from "@tidings/core/media";
import { openUploads } from "@tidings/core/uploads";
import { useFileUrl, useUpload, useUploads, useVoiceRecorder } from "@tidings/react";
import { describe, expect, it, vi } from "vitest";
import { doing, refuseWarnings, world, wrapperFor } from "./harness.tsx";

refuseWarnings();

/** Bytes are read outside of the queue of promises. */
const turns = (): Promise<void> =>
  act(async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setTimeout(done));
  });

describe("hooks for files", () => {
  it("show an upload on its way, and let one hold it up and give it up (row G6)", async () => {
    const here = world();
    const client = await here.join("ada");
    const hold = new Promise<never>(() => {});
    openUploads(client, { send: () => hold });
    const { result } = renderHook(() => useUploads(), { wrapper: wrapperFor(client) });
    const upload = result.current.add("general", new Blob(["bytes"], { type: "text/plain" }));
    const watched = renderHook(() => useUpload(upload.fileId), { wrapper: wrapperFor(client) });
    await turns();
    await here.settle(1_000);
    expect(watched.result.current).toMatchObject({ phase: "uploading", sentBytes: 0, size: 5, upload });
    await doing(async () => watched.result.current?.upload.pause());
    expect(watched.result.current?.phase).toBe("paused");
    await doing(async () => upload.cancel());
    await turns();
    expect(watched.result.current).toBeUndefined();
  });

  it("give the address of a file once it comes near the screen, of this device first, and take it back (row A15)", async () => {
    const here = world();
    const client = await here.join("ada");
    const fetch = vi.fn<typeof globalThis.fetch>(
      async () => new Response(null, { status: 200, headers: { etag: '"1"' } }),
    );
    const uploads = openUploads(client, { fetch });
    const near: (() => void)[] = [];
    class Observer {
      readonly #tell: (entries: readonly { readonly isIntersecting: boolean }[]) => void;
      constructor(tell: (entries: readonly { readonly isIntersecting: boolean }[]) => void) {
        this.#tell = tell;
      }
      observe(): void {
        near.push(() => this.#tell([{ isIntersecting: true }]));
      }
      disconnect(): void {}
    }
    vi.stubGlobal("IntersectionObserver", Observer);
    const revoke = vi.fn<(url: string) => void>();
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:here", revokeObjectURL: revoke }));
    const bytes = vi.spyOn(uploads, "bytes");
    const upload = uploads.add("general", new Blob(["bytes"], { type: "image/png" }));

    function Picture() {
      const { ref, url } = useFileUrl("general", upload.fileId);
      return <img ref={ref} src={url} alt="a" />;
    }
    const { container, unmount } = render(<Picture />, { wrapper: wrapperFor(client) });
    const source = (): string | null | undefined => container.querySelector("img")?.getAttribute("src");
    await turns();
    expect([source(), bytes.mock.calls.length]).toEqual([null, 0]);
    await doing(async () => near.forEach((tell) => tell()));
    await turns();
    expect(source()).toBe("blob:here");
    unmount();
    expect(revoke).toHaveBeenCalledWith("blob:here");
    vi.unstubAllGlobals();
  });

  it("record a voice, and end it with the component (row F10)", async () => {
    const here = world();
    const client = await here.join("ada");
    const cancel = vi.fn<() => void>();
    const microphone: Microphone = {
      record: async () => ({
        ...{ loudness: () => 0.5, pause: () => {}, resume: () => {}, cancel },
        stop: async () => new Blob(["sound"], { type: "audio/webm" }),
      }),
    };
    const { clock } = here;
    const { result, unmount } = renderHook(() => useVoiceRecorder({ microphone, clock }), {
      wrapper: wrapperFor(client),
    });
    await doing(() => result.current.start());
    await here.settle(500);
    expect(result.current).toMatchObject({ phase: "recording", durationMs: 500 });
    const said = await doing(() => result.current.stop());
    expect(said?.about).toMatchObject({
      kind: "voice",
      durationMs: 500,
      waveform: [100, 100, 100, 100, 100],
    });
    await doing(() => result.current.start());
    unmount();
    expect(cancel).toHaveBeenCalled();
  });
});
