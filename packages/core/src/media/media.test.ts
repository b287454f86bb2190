import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { virtualClock } from "../testing/virtual-clock.ts";
import { fit, prepareImage } from "./image.ts";
import type { Microphone } from "./microphone.ts";
import { placeholderOf, placeholderUrl } from "./placeholder.ts";
import { prepareFile } from "./prepare.ts";
import { stripMetadata } from "./strip.ts";
import type { Canvas, Picture } from "./types.ts";
import { createVoiceRecorder } from "./voice.ts";
import { loudnessOf, waveformOf } from "./waveform.ts";
import { answer, type ImageTask, workerImages } from "./worker-image.ts";

/** A picture of a phone: place, maker and orientation in Exif, XMP, a comment, and something behind the end. */
const photo = new Uint8Array(readFileSync(new URL("../../test/media/gps.jpg", import.meta.url)));
/** The same of a camera that writes AVIF, made with libavif: Exif with a place, and XMP. */
const avif = new Uint8Array(readFileSync(new URL("../../test/media/gps.avif", import.meta.url)));
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

describe("what a camera writes into a picture", () => {
  it("is taken out of a JPEG: place, maker, XMP, comments and what is behind it; which side is up stays (row A16)", () => {
    const clean = stripMetadata(photo);
    const before = textOf(photo);
    const after = textOf(clean);
    for (const trace of ["Acme Phone", "Ada at home", "a comment", "a film behind"]) {
      expect(before).toContain(trace);
      expect(after).not.toContain(trace);
    }
    const gpsTag = Buffer.from([0x25, 0x88]).toString("latin1"); // 0x8825, little-endian
    expect(before).toContain(gpsTag);
    expect(after.slice(0, 60)).not.toContain(gpsTag);
    expect(after.match(/Exif/g)).toHaveLength(1);
    expect(after).toContain("\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06");
    // The picture itself, from its tables to its end, byte for byte.
    const tables = before.indexOf("\xff\xdb");
    expect(after.endsWith(before.slice(tables, before.lastIndexOf("\xff\xd9") + 2))).toBe(true);
    expect(stripMetadata(clean)).toEqual(clean);
  });

  it("is taken out of PNG and WebP, and what is broken or none of them is left alone", () => {
    const chunk = (name: string, body: Buffer): Buffer => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(body.length);
      return Buffer.concat([length, Buffer.from(name), body, Buffer.alloc(4)]);
    };
    const png = Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      ...[
        chunk("IHDR", Buffer.alloc(13)),
        chunk("eXIf", Buffer.from("place")),
        chunk("tEXt", Buffer.from("Ada")),
      ],
      ...[chunk("IDAT", deflateSync(Buffer.alloc(4))), chunk("IEND", Buffer.alloc(0)), Buffer.from("tail")],
    ]);
    const cleanPng = textOf(stripMetadata(new Uint8Array(png)));
    expect(cleanPng).toContain("IDAT");
    expect(cleanPng).not.toMatch(/place|Ada|tail/);

    const part = (name: string, body: string): string => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(body.length);
      return name + length.toString("latin1") + body + (body.length % 2 ? "\0" : "");
    };
    const parts =
      part("VP8X", `\x0c${"\0".repeat(9)}`) +
      part("VP8 ", "pixels") +
      part("EXIF", "place") +
      part("XMP ", "Ada");
    const webp = Buffer.from(`RIFF\0\0\0\0WEBP${parts}`, "latin1");
    webp.writeUInt32LE(webp.length - 8, 4);
    const clean = Buffer.from(stripMetadata(new Uint8Array(webp)));
    expect(clean.toString("latin1")).toContain("pixels");
    expect(clean.toString("latin1")).not.toMatch(/place|Ada/);
    expect([clean.readUInt32LE(4), clean[20]]).toEqual([clean.length - 8, 0]);

    for (const broken of [
      new Uint8Array(),
      ...[avif.slice(0, 40), avif.slice(0, 400), avif.slice(0, 600)],
      photo.slice(0, 40),
      new Uint8Array([0xff, 0xd8, 0xff, 1, 2]),
      new Uint8Array([1, 2, 3]),
    ])
      expect(stripMetadata(broken)).toEqual(broken);
  });
});

describe("what a camera writes into AVIF and HEIC", () => {
  const traces = ["Acme Phone", "Ada at home", "MM\0*\0\0\0\x08\0\x03"];
  const firstOf = (bytes: Uint8Array, text: string): number => textOf(bytes).indexOf(text);

  it("is blanked where it is, and everything else keeps its place (row A16)", () => {
    const clean = stripMetadata(avif);
    for (const trace of traces) {
      expect(textOf(avif)).toContain(trace);
      expect(textOf(clean)).not.toContain(trace);
    }
    expect(clean).toHaveLength(avif.length);
    const exif = firstOf(avif, "MM\0*") - 10;
    expect(clean.slice(0, exif)).toEqual(avif.slice(0, exif));
    const pixels = firstOf(avif, "</x:xmpmeta>") + "</x:xmpmeta>".length;
    expect(avif.length - pixels).toBe(42);
    expect(clean.slice(pixels)).toEqual(avif.slice(pixels));
    expect(stripMetadata(clean)).toEqual(clean);
  });

  it("is blanked in whichever way it is written down, and what is not certain to be all of it is left alone", () => {
    const number = (size: number, value: number): string =>
      Array.from({ length: size }, (_, at) =>
        String.fromCharCode(Math.floor(value / 256 ** (size - 1 - at)) % 256),
      ).join("");
    const box = (type: string, body: string): string => number(4, body.length + 8) + type + body;
    const item = (id: number, type: string): string => box("infe", `\x03\0\0\0${number(4, id)}\0\0${type}\0`);
    const place = (id: number, method: number, offset: number, length: number): string =>
      number(4, id) + number(2, method) + "\0\0" + number(2, 1) + number(8, offset) + number(4, length);
    const heic = (method: number, more = "", kind = "Exif"): Uint8Array<ArrayBuffer> => {
      const idat = box("idat", `pixels${"place of mine, so long"}`);
      const iloc = box(
        "iloc",
        `\x02\0\0\0\x84\0${number(4, 2)}${place(1, method, 0, 6)}${place(2, method, 6, 22)}`,
      );
      const iinf = box("iinf", `\x01\0\0\0${number(4, 2)}${item(1, "hvc1")}${item(2, kind)}`);
      const file = box("ftyp", "heic\0\0\0\0mif1heic") + box("meta", `\0\0\0\0${iinf}${iloc}${idat}`) + more;
      return new Uint8Array(Buffer.from(file, "latin1"));
    };
    for (const kind of ["Exif", "mime", "uri "]) {
      const clean = textOf(stripMetadata(heic(1, box("uuid", "of a maker's own"), kind)));
      expect(clean).toContain("pixels");
      expect(clean).not.toMatch(/mine|maker/u);
    }
    for (const left of [heic(2), heic(1, box("moov", "")), heic(1, "\0\0\x10\0free"), heic(0).slice(0, 30)])
      expect(stripMetadata(left)).toEqual(left);
    expect(textOf(stripMetadata(heic(1, "", "hvc1")))).toContain("mine");
  });
});

/** Pictures that are known by their size only; what is compressed has as many bytes as a tenth of its pixels. */
function canvasOf(width: number, height: number): Canvas & { open: number } {
  const canvas = {
    open: 0,
    decode(): Promise<Picture> {
      canvas.open += 1;
      return Promise.resolve({ width, height, close: () => void (canvas.open -= 1) });
    },
    encode: (_: Picture, size: { width: number; height: number }, type: string) =>
      Promise.resolve(new Blob([new Uint8Array((size.width * size.height) / 10)], { type })),
    pixels: (_: Picture, size: { width: number; height: number }) =>
      new Uint8ClampedArray(size.width * size.height * 4).fill(120),
  };
  return canvas;
}

describe("an image", () => {
  const large = new File([new Uint8Array(3_000_000)], "IMG 1.PNG", { type: "image/png" });

  it("is made smaller, with its size, a thumbnail and a placeholder (row G5)", async () => {
    const canvas = canvasOf(4_000, 3_000);
    const { file, about } = await prepareImage(large, {}, canvas);
    expect(file).toMatchObject({ type: "image/webp", name: "IMG 1.webp", size: 491_520 });
    expect(about).toMatchObject({ kind: "image", width: 2_560, height: 1_920 });
    expect(about.thumbnail?.size).toBe(7_680);
    expect(about.placeholder?.length).toBeLessThanOrEqual(64);
    expect(placeholderUrl(about.placeholder)).toMatch(/^data:image\/png;base64,/);
    expect(canvas.open).toBe(0);
  });

  it("that is small enough, or moves, keeps its pixels and loses its metadata", async () => {
    const small = new File([photo], "a.jpg", { type: "image/jpeg" });
    const { file, about } = await prepareImage(small, {}, canvasOf(300, 200));
    expect(textOf(new Uint8Array(await file.arrayBuffer()))).not.toContain("Acme");
    expect(about).toEqual({ kind: "image", width: 300, height: 200, placeholder: about.placeholder });
    const gif = new File(["GIF89a", new Uint8Array(1_999_994)], "a.gif", { type: "image/gif" });
    expect((await prepareImage(gif, {}, canvasOf(4_000, 3_000))).file).toMatchObject({
      size: 2_000_000,
      type: "image/gif",
    });
  });

  it("that nothing can decode is sent as a file, and where there is no canvas it says so", async () => {
    const blind = { ...canvasOf(1, 1), decode: () => Promise.reject(new Error("no picture")) };
    const clean = await prepareImage(new File([avif], "a.avif", { type: "image/avif" }), {}, blind);
    expect(clean).toMatchObject({ about: { kind: "file" }, file: { name: "a.avif", size: avif.length } });
    expect(await clean.file.text()).not.toContain("Acme");
    await expect(prepareImage(large)).rejects.toMatchObject({ code: "upload/unsupported" });
    await expect(prepareFile(new Blob([], { type: "video/mp4" }))).rejects.toMatchObject({
      code: "upload/unsupported",
    });
    expect(await prepareFile(new Blob(["x"], { type: "text/plain" }))).toMatchObject({ about: {} });
  });

  it("that nothing here can free of its place is compressed anew, refused, or sent where the person was asked (row A16)", async () => {
    const tiff = new File(["II*\0Acme Phone"], "a.tif", { type: "image/tiff" });
    const drawing = new File(["<svg/>"], "a.svg", { type: "image/svg+xml" });
    const { file, about } = await prepareImage(tiff, {}, canvasOf(300, 200));
    expect([about.kind, file.type, await file.text()]).toEqual(["image", "image/jpeg", "\0".repeat(6_000)]);
    const blind = { ...canvasOf(1, 1), decode: () => Promise.reject(new Error("no picture")) };
    await expect(prepareImage(tiff, {}, blind)).rejects.toMatchObject({ code: "upload/unsupported" });
    const sent = await prepareImage(tiff, { unreadable: "send" }, blind);
    expect(sent).toEqual({ file: tiff, about: { kind: "file" }, keepsMetadata: true });
    expect(await prepareImage(drawing, {}, blind)).toEqual({ file: drawing, about: { kind: "file" } });
  });

  it("is prepared in a worker, and refused where that ends", async () => {
    const listeners = new Map<string, (event: never) => void>();
    const worker = {
      addEventListener: (type: string, listener: (event: never) => void) =>
        void listeners.set(type, listener),
      postMessage(task: ImageTask) {
        const prepare = (image: Blob) => prepareImage(image, {}, canvasOf(10, 10));
        void answer(task, prepare).then((data) => listeners.get("message")?.({ data } as never));
      },
    };
    const images = workerImages(worker);
    expect((await images(new Blob([photo], { type: "image/jpeg" }))).about).toMatchObject({
      width: 10,
      height: 10,
    });
    worker.postMessage = () => {};
    const lost = images(large).catch((error: unknown) => error);
    listeners.get("error")?.({} as never);
    expect(await lost).toMatchObject({ code: "upload/unsupported" });
    await expect(images(large)).rejects.toMatchObject({ code: "upload/unsupported" });
  });

  it("fits in proportion, and never into nothing", () => {
    expect(fit({ width: 10_000, height: 5 }, 100)).toEqual({ width: 100, height: 1 });
    expect(fit({ width: 30, height: 20 }, 100)).toEqual({ width: 30, height: 20 });
    expect(placeholderUrl("not base64!")).toBeUndefined();
    expect(placeholderOf(2, 2, new Uint8Array(16)).length).toBeLessThanOrEqual(64);
  });
});

describe("a voice", () => {
  function setUp({ isAllowed = true } = {}) {
    const clock = virtualClock();
    const calls: string[] = [];
    let loudness = 0.5;
    const microphone: Microphone = {
      async record() {
        if (!isAllowed) throw new Error("NotAllowedError");
        return {
          loudness: () => loudness,
          pause: () => void calls.push("pause"),
          resume: () => void calls.push("resume"),
          cancel: () => void calls.push("cancel"),
          stop: async () => new Blob(["sound"], { type: "audio/webm" }),
        };
      },
    };
    const recorder = createVoiceRecorder({ clock, microphone, mostMs: 5_000 });
    return { clock, calls, recorder, loud: (level: number) => void (loudness = level) };
  }

  it("is recorded with its length and waveform, paused and resumed, without any network (row F10)", async () => {
    const { clock, calls, recorder, loud } = setUp();
    await recorder.start();
    await clock.advance(1_000);
    recorder.pause();
    await clock.advance(9_000);
    expect(recorder.get()).toMatchObject({ phase: "paused", durationMs: 1_000 });
    recorder.resume();
    loud(0.25);
    await clock.advance(1_000);
    const said = await recorder.stop();
    expect(said?.about).toMatchObject({ kind: "voice", name: "voice.webm", durationMs: 2_000 });
    expect(said?.about.waveform).toEqual([...Array(10).fill(100), ...Array(10).fill(50)]);
    expect([said?.file.size, recorder.get().phase, calls, clock.timers]).toEqual([
      5,
      "idle",
      ["pause", "resume"],
      0,
    ]);
  });

  it("pauses by itself at its bound, and is thrown away when it is called off", async () => {
    const { clock, calls, recorder } = setUp();
    await recorder.start();
    await clock.advance(60_000);
    expect(recorder.get()).toMatchObject({ phase: "paused", durationMs: 5_000 });
    recorder.resume();
    expect(recorder.get().phase).toBe("paused");
    recorder.cancel();
    expect([recorder.get().phase, calls.at(-1), await recorder.stop()]).toEqual([
      "idle",
      "cancel",
      undefined,
    ]);
  });

  it("says why there is none where the person does not allow it, or the platform has no microphone", async () => {
    const { recorder } = setUp({ isAllowed: false });
    await recorder.start();
    expect(recorder.get()).toMatchObject({ phase: "idle", error: { code: "upload/unsupported" } });
    const none = createVoiceRecorder();
    await none.start();
    expect(none.get().error?.code).toBe("upload/unsupported");
  });

  it("becomes at most as many points as are sent, from 0 to 100", () => {
    expect(waveformOf([])).toEqual([]);
    expect(waveformOf([0, 0])).toEqual([]);
    expect(waveformOf([0.1, 0.2, 0.4])).toEqual([25, 50, 100]);
    expect(waveformOf(Array.from({ length: 9_000 }, (_, at) => at / 9_000))).toHaveLength(64);
    expect(loudnessOf([0.5, -0.5])).toBeCloseTo(0.5);
    expect(loudnessOf([])).toBe(0);
  });
});
