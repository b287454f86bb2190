import { fileTypeFromBuffer } from "file-type";

/** How much of a file its kind is told by. */
export const SNIFFED_BYTES = 4_096;

/** Kinds that have no signature, and do nothing wherever they are opened. */
const plain: ReadonlySet<string> = new Set(["text/plain", "text/csv", "text/markdown", "application/json"]);

/** Documents that are a ZIP of parts, as which their beginnings look. */
const zipped = /^application\/vnd\.(?:openxmlformats-officedocument|oasis\.opendocument)\./u;

/** Sound and pictures come in the same containers, and only what comes later tells which. */
const containers: Readonly<Record<string, RegExp>> = {
  "video/webm": /^audio\/webm$/u,
  "video/mp4": /^audio\/(?:mp4|x-m4a|aac)$/u,
  "application/ogg": /^audio\/(?:ogg|opus)$/u,
  "audio/ogg": /^audio\/opus$/u,
  "video/ogg": /^audio\/ogg$/u,
};

/** Not what a page could become, nor anything whose kind is not known. */
const UNKNOWN = "application/octet-stream";

/**
 * The media type of a file by its first bytes. What is said counts only where bytes cannot tell, and only for kinds that
 * run nothing: a page or a script is `text/plain`, whatever it is called.
 *
 * @param said - by whoever put it.
 */
export async function mediaTypeOf(first: Uint8Array, said: string): Promise<string> {
  const found = (await fileTypeFromBuffer(first))?.mime.split(";")[0]?.toLowerCase();
  if (found === undefined || found === "application/xml" || isMarked(first)) {
    if (!isText(first)) return UNKNOWN;
    return plain.has(said) ? said : "text/plain";
  }
  if (found === "application/zip" && zipped.test(said)) return said;
  return containers[found]?.test(said) ? said : found;
}

/** Without control characters that no text has; the last one may be cut off. */
function isText(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder(encodingOf(bytes), { fatal: true });
  try {
    const text = decoder.decode(bytes, { stream: true });
    return !/(?!\s)\p{Cc}/u.test(text);
  } catch {
    return false;
  }
}

function encodingOf([first, second]: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}

/**
 * Does it begin with the mark of UTF-16, or, with the same two bytes, of UTF-32? Those of little-endian ones begin a frame
 * of sound, too: one of MPEG-1, layer I, with a sum, whose next byte is never 0, and which is hardly ever text.
 */
function isMarked(bytes: Uint8Array): boolean {
  const [, , third, fourth] = bytes;
  const isLong = third === 0 && fourth === 0;
  return encodingOf(bytes) !== "utf-8" && (isLong || isText(bytes));
}

/** What a browser may show by itself: it is what it says, and a picture, sound or film. */
export function isShownInline(mediaType: string): boolean {
  return /^(?:image\/(?:png|jpeg|gif|webp|avif|apng|bmp)|audio\/[\w.+-]+|video\/(?:mp4|webm|ogg|quicktime))$/u.test(
    mediaType,
  );
}
