/** Values and keys as text, for media that keep nothing else. */
import type { StorageKey } from "@tidings/core";
import { MessagingError } from "@tidings/core/errors";
import { parse, stringify } from "devalue";

/** JSON, and more where JSON has no words. @throws {MessagingError} `storage/failed` of what cannot be kept; not retryable. */
export function toText(value: unknown): string {
  try {
    return stringify(value);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "a value cannot be copied";
    throw new MessagingError("storage/failed", {
      ...{ message: `unable to write; ${reason}`, retryable: false, cause },
    });
  }
}

export function fromText(text: string): unknown {
  return parse(text);
}

/** Ends a part. */
const END = "\u0001";
/** Before what stands for U+0000 to U+0002. */
const LOW = "\u0002";
/** Before what stands for U+D7FF and above: surrogates, alone or not, and what UTF-8 would order before them. */
const HIGH = "\ud7ff";
const HIGH_SHIFT = 0xd7ff - 0x20;

/**
 * A text for each key that sorts as keys do, whether by UTF-16 code units or by the bytes of its UTF-8, is valid in both
 * and has no U+0000: what JavaScript, SQLite and whatever lies below a phone's storage agree on.
 */
export function toName(key: StorageKey): string {
  const escaped = (unit: string): string => {
    const code = unit.charCodeAt(0);
    return code <= 2 ? LOW + code : HIGH + String.fromCharCode(code - HIGH_SHIFT);
  };
  // oxlint-disable-next-line no-control-regex -- they are what is to be replaced
  return key.map((part) => part.replaceAll(/[\0-\u0002\ud7ff-\uffff]/g, escaped) + END).join("");
}

/** The key a name was made of. */
export function toKey(name: string): StorageKey {
  const unescaped = (_: string, low: string | undefined, high = ""): string =>
    String.fromCharCode(low === undefined ? high.charCodeAt(0) + HIGH_SHIFT : Number(low));
  const parts = name.split(END).slice(0, -1);
  // oxlint-disable-next-line no-control-regex -- as above
  return parts.map((part) => part.replaceAll(/\u0002(.)|\ud7ff(.)/g, unescaped));
}

/** All names of keys that begin with `prefix` lie between the two; the second is no name. */
export function boundsOf(prefix: StorageKey): readonly [string, string] {
  const first = toName(prefix);
  return [first, first === "" ? "\uffff" : first.slice(0, -1) + LOW];
}
