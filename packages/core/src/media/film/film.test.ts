import { describe, expect, it } from "vitest";
import { stripFilm } from "../strip-film.ts";

type Bytes = Buffer<ArrayBuffer>;
const joined = (...parts: readonly (Uint8Array | string)[]): Bytes =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
const textOf = async (film: Blob | undefined): Promise<string> =>
  Buffer.from((await film?.arrayBuffer()) ?? new ArrayBuffer()).toString("latin1");
const blobOf = (bytes: Bytes, type = "video/mp4"): File => new File([bytes], "IMG 1.MOV", { type });

function numbers(size: 4 | 8, ...values: readonly number[]): Bytes {
  const bytes = Buffer.alloc(size * values.length);
  values.forEach((value, at) =>
    size === 4 ? bytes.writeUInt32BE(value, at * 4) : bytes.writeBigUInt64BE(BigInt(value), at * 8),
  );
  return bytes;
}

const box = (type: string, ...parts: readonly (Uint8Array | string)[]): Bytes => {
  const body = joined(...parts);
  return joined(numbers(4, body.length + 8), type, body);
};
const longBox = (type: string, body: Bytes): Bytes =>
  joined(numbers(4, 1), type, numbers(8, body.length + 16), body);

/** Its times, in version 0 or 1. */
const headed = (type: string, isLong = false): Bytes =>
  box(type, isLong ? "\x01\0\0\0" : "\0\0\0\0", "t".repeat(isLong ? 16 : 8), "kept on");

interface Samples {
  readonly sizes: readonly number[];
  readonly chunks: readonly number[];
  /** From which chunk on there are how many samples in each. */
  readonly runs: readonly (readonly [number, number])[];
  readonly isLong?: boolean;
  /** All are of one size. */
  readonly isEven?: boolean;
}

const track = (handler: string, { sizes, chunks, runs, isLong = false, isEven = false }: Samples): Bytes =>
  box(
    "trak",
    headed("tkhd", isLong),
    box("udta", box("name", "Ada at home")),
    box(
      "mdia",
      headed("mdhd"),
      box("hdlr", numbers(4, 0, 0), handler, numbers(4, 0, 0, 0), "Acme Phone\0"),
      box(
        "minf",
        box(
          "stbl",
          box("stsd", "as it is"),
          isEven
            ? box("stsz", numbers(4, 0, sizes[0] ?? 0, sizes.length))
            : box("stsz", numbers(4, 0, 0, sizes.length, ...sizes)),
          box("stsc", numbers(4, 0, runs.length, ...runs.flatMap(([first, count]) => [first, count, 1]))),
          isLong
            ? box("co64", numbers(4, 0, chunks.length), numbers(8, ...chunks))
            : box("stco", numbers(4, 0, chunks.length, ...chunks)),
        ),
      ),
    ),
  );

const PICTURES = "pictures".repeat(3);
const PLACES = ["48.85N2.29E", "48.86N2.30E", "48.87N2.31E"];
const TRACES = /48\.8|2\.29|Acme|Ada|Galaxy|tttt/u;

/** As a phone makes it: pictures and places take turns in `mdat`. */
function phoneFilm({
  isLong = false,
  isEven = false,
  handler = "meta",
  more = [] as readonly Bytes[],
} = {}): Bytes {
  const media = joined(PICTURES, PLACES[0] ?? "", PLACES[1] ?? "", PICTURES, PLACES[2] ?? "", PICTURES);
  const begin = joined(
    box("ftyp", "qt  \0\0\0\0qt  "),
    box("wide"),
    isLong ? longBox("mdat", media) : box("mdat", media),
  );
  const at = begin.length - media.length;
  const places = [at + PICTURES.length, at + 2 * PICTURES.length + 22];
  const shown = {
    sizes: [24, 24, 24],
    chunks: [at, at + 46, at + 81],
    runs: [[1, 1]] as const,
    isLong,
    isEven,
  };
  const hidden = {
    ...shown,
    sizes: [11, 11, 11],
    chunks: places,
    runs: [
      [1, 2],
      [2, 1],
    ] as const,
  };
  const apple = box(
    "meta",
    box("hdlr", "mdta"),
    box("keys", "location.ISO6709"),
    box("ilst", "+48.8577+002.295/"),
  );
  return joined(
    begin,
    box(
      "moov",
      headed("mvhd", isLong),
      track("vide", shown),
      track(handler, hidden),
      ...[
        box("udta", box("\xa9xyz", "+48.8577+002.295/"), box("\xa9mak", "Acme")),
        apple,
        box("gps ", "48.85"),
      ],
    ),
    box("uuid", "0123456789abcdef", "<x:xmpmeta>Ada"),
    box("free", "48.85 from before"),
    ...more,
  );
}

describe("what a camera writes into a film", () => {
  it("is taken out of MP4 and QuickTime: place, time, maker, names and tracks of places; all else stays where it is (row A16)", async () => {
    for (const options of [
      {},
      { isLong: true },
      { isEven: true },
      { handler: "camm", more: [joined("Galaxy\0\xff")] },
    ]) {
      const film = phoneFilm(options);
      const clean = await stripFilm(blobOf(film));
      expect(clean).toMatchObject({ name: "IMG 1.MOV", type: "video/mp4" });
      const text = await textOf(clean);
      expect(film.toString("latin1")).toMatch(TRACES);
      expect(text).not.toMatch(TRACES);
      expect(text.match(/kept on/gu)).toHaveLength(3);
      expect(text).toHaveLength(film.length - ("more" in options ? 8 : 0));
      for (const kept of [PICTURES, "stco", "co64", "as it is", "mvhd"])
        expect(text.indexOf(kept)).toBe(film.indexOf(kept));
      expect(text.split(PICTURES)).toHaveLength(4);
      expect(await textOf(await stripFilm(clean ?? new Blob()))).toBe(text);
    }
  });

  it("is taken out of a live recording, whose tables come with its pieces", async () => {
    const fragment = (body: string): readonly Bytes[] => [
      box("moof", box("mfhd", "1"), box("traf", box("tfhd", "2"), box("udta", "Ada"), box("meta", "48.85"))),
      box("mdat", body),
    ];
    const empty = { sizes: [], chunks: [], runs: [] };
    const live = (...tracks: readonly Bytes[]): Bytes =>
      joined(
        box("ftyp", "iso5"),
        box("moov", headed("mvhd"), ...tracks),
        ...fragment(PICTURES),
        ...fragment(PICTURES),
      );
    const text = await textOf(await stripFilm(blobOf(live(track("vide", empty)))));
    expect(text).not.toMatch(TRACES);
    expect(text.split(PICTURES)).toHaveLength(3);
    // Where the samples of such a track are is told in the fragments.
    expect(await stripFilm(blobOf(live(track("vide", empty), track("meta", empty))))).toBeUndefined();
  });

  it("is taken out of WebM and Matroska, whether their lengths are known or not (row A16)", async () => {
    const element = (id: string, ...parts: readonly (Uint8Array | string)[]): Bytes => {
      const body = joined(...parts);
      const length = Buffer.alloc(8);
      length.writeBigUInt64BE((1n << 56n) | BigInt(body.length));
      const size = body.length < 127 ? Buffer.of(0x80 | body.length) : length;
      return joined(Buffer.from(id, "hex"), size, body);
    };
    const open = (id: string, ...parts: readonly (Uint8Array | string)[]): Bytes =>
      joined(Buffer.from(id, "hex"), Buffer.from("01ffffffffffffff", "hex"), ...parts);
    const tags = (text: string): Bytes => element("1254c367", element("7373", element("67c8", text)));
    const film = (part: typeof element, kind = "\x01"): Bytes =>
      joined(
        element("1a45dfa3", element("4282", "webm")),
        part(
          "18538067",
          element("114d9b74", element("4dbb", "seek")),
          element(
            "1549a966",
            ...[element("bf", "tttt"), element("4461", "tttttttt"), element("7ba9", "Ada at home")],
            ...[element("2ad7b1", "\x0f\x42\x40"), element("4d80", "Acme"), element("5741", "Acme Phone")],
          ),
          element(
            "1654ae6b",
            element("ae", element("83", kind), element("536e", "Ada's"), element("86", "V_VP8")),
          ),
          part("1f43b675", element("e7", "\0"), element("a3", PICTURES)),
          part("1f43b675", element("e7", "\x01"), element("a0", element("a1", PICTURES))),
          ...[element("1941a469", "Acme"), tags("48.85"), tags("48.85".repeat(100)), element("ec", "Ada")],
        ),
      );
    for (const bytes of [film(element), film(open)]) {
      const text = await textOf(await stripFilm(blobOf(bytes, "video/webm")));
      expect(bytes.toString("latin1")).toMatch(TRACES);
      expect(text).not.toMatch(TRACES);
      expect(text).toHaveLength(bytes.length);
      for (const kept of [PICTURES, "V_VP8", "webm", "seek", "\x0f\x42\x40"])
        expect(text.indexOf(kept)).toBe(bytes.indexOf(kept, 0, "latin1"));
      expect(text.split(PICTURES)).toHaveLength(3);
      expect(await textOf(await stripFilm(blobOf(Buffer.from(text, "latin1"))))).toBe(text);
    }
    expect(await stripFilm(blobOf(film(element, "\x21")))).toBeUndefined();
  });

  it("stays where it is not certain to be all of it: other kinds, and what is broken", async () => {
    const film = phoneFilm();
    const moov = film.indexOf("moov");
    const longer = Buffer.from(film);
    longer.writeUInt32BE(0x7fffffff, film.lastIndexOf("stco") + 8);
    const outside = Buffer.from(film);
    outside.writeUInt32BE(film.length - 2, film.lastIndexOf("stco") + 12);
    for (const bytes of [
      ...[Buffer.alloc(0), joined("RIFF0000AVI LIST"), joined(numbers(4, 0x47400010)), joined("OggS\0\x02")],
      ...[film.subarray(0, moov + 100), film.subarray(0, moov - 4), film.subarray(moov - 4), longer, outside],
      joined(Buffer.from("1a45dfa380", "hex"), Buffer.from("185380670180", "hex")),
      joined(box("ftyp", "qt  "), box("moov", box("cmov", "packed")), box("mdat", PICTURES)),
    ])
      expect(await stripFilm(blobOf(joined(bytes)))).toBeUndefined();
  });

  it("[D9] comes to an end of whatever a file holds, and gives back no more than there was", async () => {
    let seed = 7;
    const next = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 300; round += 1) {
      const film = phoneFilm();
      for (let hits = 0; hits < 3; hits += 1) film[next(film.length)] = next(256);
      const clean = await stripFilm(blobOf(film));
      expect(clean?.size ?? 0).toBeLessThanOrEqual(film.length);
    }
  });
});
