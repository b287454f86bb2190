/** Values and keys as text, for media that keep nothing else. */
import type { StorageKey } from "@tidings/core";
import { MessagingError } from "@tidings/core/errors";
import { parse, stringify } from "devalue";

/**
 * JSON of an object JSON can say, as nearly everything kept is; of anything else what devalue writes, which never begins
 * with a brace and takes several times as long.
 *
 * @throws {MessagingError} `storage/failed` of what cannot be kept; not retryable.
 */
export function toText(value: unknown): string {
  try {
    return isJson(value) ? JSON.stringify(value) : stringify(value);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "a value cannot be copied";
    throw new MessagingError("storage/failed", {
      ...{ message: `unable to write; ${reason}`, retryable: false, cause },
    });
  }
}

export function fromText(text: string): unknown {
  return text.startsWith("{") ? JSON.parse(text) : parse(text);
}

/** What has more of it is left to devalue, which minds what refers to itself, and to one thing again and again. */
const MOST = { values: 100_000, depth: 100 };

/** Would JSON give back the same? A key `__proto__` is left to devalue to refuse. */
function isJson(object: unknown): boolean {
  let left = MOST.values;
  const visit = (value: unknown, depth: number): boolean => {
    if (value === null || typeof value === "string" || typeof value === "boolean") return true;
    if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
    if (typeof value !== "object" || depth === 0 || --left < 0) return false;
    const visitAll = (values: readonly unknown[]): boolean => values.every((each) => visit(each, depth - 1));
    if (Array.isArray(value)) return !value.includes(undefined) && visitAll(value); // a hole is `undefined`, too
    if (Object.getPrototypeOf(value) !== Object.prototype || Object.hasOwn(value, "__proto__")) return false;
    return visitAll(Object.values(value));
  };
  return typeof object === "object" && !Array.isArray(object) && object !== null && visit(object, MOST.depth);
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
