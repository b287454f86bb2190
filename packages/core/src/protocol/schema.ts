import * as z from "zod/mini";
import { isJsonWithin, type JsonObject, soundText } from "../base/json.ts";
import { CUSTOM_DEPTH, CUSTOM_NODES, LONGEST_ID, uuidPattern } from "./bounds.ts";

/**
 * The building blocks of every schema on the wire. Exported schemas are annotated with the hand-written type they
 * must produce, so that the types stay readable and the compiler proves that both say the same.
 */
export type Schema<T> = z.ZodMiniType<T>;

/** One of several that a field tells apart. */
export type Variant<T> = Schema<T> & z.core.$ZodTypeDiscriminable;

/** An id an application chose: any text without control characters. */
export const id: Schema<string> = z.string().check(z.maxLength(LONGEST_ID), z.regex(/^[^\p{Cc}\p{Cs}]+$/u));

/** A UUID of version 7, in lower case. */
export const uuid: Schema<string> = z.string().check(z.regex(uuidPattern));

/** A revision, sequence, count or number of milliseconds. */
export const count: Schema<number> = z.int().check(z.nonnegative());

/** Sound text of at most `longest` code points. */
export function text(longest: number): Schema<string> {
  return z.string().check(z.maxLength(longest), z.regex(soundText));
}

/** At most `most` values of `item`. */
export function list<T>(item: Schema<T>, most: number): Schema<readonly T[]> {
  return z.array(item).check(z.maxLength(most));
}

/** What an application hangs on a record. */
export const custom: Schema<JsonObject> = z.custom<JsonObject>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    isJsonWithin(value, CUSTOM_DEPTH, CUSTOM_NODES),
);
