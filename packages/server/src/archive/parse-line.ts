import { isDeepStrictEqual } from "node:util";
import { anyRecord, messageVersion } from "@tidings/core/protocol";
import { archiveError } from "../store/archive-error.ts";
import { headerLine, ofConversation, ofMessage, ofRecord, otherLine } from "./line-schemas.ts";
import type { ArchiveLine } from "./lines.ts";

/** What a schema of either kind of zod answers. */
type Parsed<Item> =
  | { readonly success: true; readonly data: Item }
  | {
      readonly success: false;
      readonly error: {
        readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[];
      };
    };

interface Fields {
  readonly [name: string]: unknown;
}

/**
 * A line, checked as what comes over the wire is. What is not known is refused, as it would be lost otherwise.
 *
 * @throws {MessagingError} `archive/malformed`
 */
export function parseLine(text: string, number: number): ArchiveLine {
  const given = fieldsOf(text, number);
  const parsed = lineOf(given, number);
  if (!isDeepStrictEqual(parsed, given))
    throw archiveError("archive/malformed", `${strangeIn(given, parsed)} is not known`, number);
  return parsed;
}

function fieldsOf(text: string, number: number): Fields {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below.
  }
  throw archiveError("archive/malformed", "it is not a JSON object", number);
}

function lineOf(given: Fields, number: number): ArchiveLine {
  const checked = <Item>(parsed: Parsed<Item>): Item => {
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const place = issue?.path.map(String).join(".") || `a line of type ${JSON.stringify(given["type"])}`;
    throw archiveError(
      "archive/malformed",
      `${place}: ${issue?.message ?? "is not as it should be"}`,
      number,
    );
  };
  switch (given["type"]) {
    case "header":
      return checked(headerLine.safeParse(given));
    case "conversation":
    case "participant":
    case "message":
    case "note": {
      const record = checked(anyRecord.safeParse(given));
      checked(ofRecord.safeParse(given));
      if (record.type === "conversation") return { ...record, ...checked(ofConversation.safeParse(given)) };
      return record.type === "message" ? { ...record, ...checked(ofMessage.safeParse(given)) } : record;
    }
    case "version":
      checked(ofRecord.safeParse(given));
      return { type: "version", ...checked(messageVersion.safeParse(given)) };
    default:
      return checked(otherLine.safeParse(given));
  }
}

/** The way to what of `given` was left out. */
function strangeIn(given: unknown, parsed: unknown): string {
  if (!isObject(given) || !isObject(parsed)) return "a value";
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(parsed, name)) return name;
    if (!isDeepStrictEqual(value, parsed[name])) return `${name}.${strangeIn(value, parsed[name])}`;
  }
  return "a value";
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
