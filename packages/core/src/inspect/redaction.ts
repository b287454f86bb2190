import { optionOf } from "../protocol/polls.ts";

/**
 * Takes out of records, frames and stored values what people wrote. What is not known to be an id, a kind or a number is
 * taken for something that was written: a field nobody has thought of is gone rather than out.
 */
export type Redaction = <T>(value: T) => T;

/** Strings that say who, where or what kind, and nothing else. */
const KEPT: ReadonlySet<string> = new Set([
  ...["type", "kind", "kinds", "status", "role", "notify", "code", "scope", "epoch"],
  ...["id", "commandId", "messageId", "conversationId", "conversationIds", "clientId", "replyTo", "threadId"],
  ...[
    "userId",
    "userIds",
    "authorId",
    "actorId",
    "createdBy",
    "deletedBy",
    "pinnedBy",
    "closedBy",
    "replacedBy",
  ],
]);
/** What a server says of itself. */
const WHOLE: ReadonlySet<string> = new Set(["policy"]);
/** What an app hangs on records: not even the names of its fields are ours to tell. */
const NUMBERED: ReadonlySet<string> = new Set(["custom"]);
/** Keys of objects that are no field names. */
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const FIELD = /^[a-z][A-Za-z]{0,31}$/;
/** Longer than any id: it is none. */
const LONGEST_ID = 128;
/** Different texts and signs that are told apart; beyond so many all are the same (D9). */
const MOST = 10_000;

/**
 * As long as it was, and saying nothing but a number: the same text has the same within a recording, or an edit that
 * changes something could not be told from one that does not.
 */
export function createRedaction(): Redaction {
  const numbers = new Map<number, number>();

  const numberOf = (text: string): number => {
    const hash = hashOf(text);
    let number = numbers.get(hash);
    if (number === undefined) {
      number = Math.min(numbers.size + 1, MOST);
      if (number < MOST) numbers.set(hash, number);
    }
    return number;
  };

  const blank = (text: string): string => {
    const digits = text === "" ? "" : String(numberOf(text)).slice(-text.length);
    return digits.padStart(text.length, "x");
  };

  const textOf = (text: string, field: string): string => {
    if (field === "own" && optionOf(text) !== undefined) return text;
    if (field === "emoji" || field === "own") return signOf(numberOf(text));
    return KEPT.has(field) && text.length <= LONGEST_ID ? text : blank(text);
  };

  /** @param field - whose value it is; that of a list is that of each of its items. */
  const visit = (value: unknown, field: string): unknown => {
    if (typeof value === "string") return textOf(value, field);
    if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
    if (typeof value !== "object") return undefined;
    if (NUMBERED.has(field)) return { number: numberOf(JSON.stringify(value)) };
    if (WHOLE.has(field)) return value;
    if (Array.isArray(value)) return value.map((each) => visit(each, field));
    const kept = Object.entries(value).filter(([key]) => FIELD.test(key) || UUID.test(key));
    // One's own reactions may be lists under the ids of their messages.
    return Object.fromEntries(kept.map(([key, each]) => [key, visit(each, field === "own" ? "own" : key)]));
  };

  function redacted<T>(value: T): T;
  function redacted(value: unknown): unknown {
    return visit(value, "");
  }
  return redacted;
}

/** An emoji nobody has, as what is replayed reacts with it: a black flag with the number in tags. */
function signOf(number: number): string {
  const tags = Array.from(String(number).padStart(3, "0"), (digit) => 0xe0030 + Number(digit));
  return String.fromCodePoint(0x1f3f4, ...tags, 0xe007f);
}

/** 53 bits of two multiplicative hashes: it is not kept beside anything it could be guessed from, nor exported. */
function hashOf(text: string): number {
  let [one, other] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    one = Math.imul(one ^ code, 0x9e3779b1);
    other = Math.imul(other ^ code, 0x5f356495);
  }
  one ^= other >>> 15;
  other ^= one >>> 13;
  return (other & 0x1fffff) * 2 ** 32 + (one >>> 0);
}
