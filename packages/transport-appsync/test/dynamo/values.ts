import { DynamoFault } from "./dynamo-fault.ts";

/** What an attribute may be here: text or a number. Whatever else DynamoDB has, nothing of ours writes. */
export type Value = { readonly S: string } | { readonly N: string };
export type Item = Readonly<Record<string, Value>>;

const LONGEST_PARTITION_KEY = 2_048;
const LONGEST_SORT_KEY = 1_024;
/** An item with the names of its attributes. */
const LARGEST_ITEM = 400 * 1_024;
const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const MOST_DIGITS = 38;

/** @throws {DynamoFault} if it is no item that the table could keep. */
export function checkItem(item: unknown): Item {
  if (typeof item !== "object" || item === null) throw DynamoFault.invalid("an item is a map of attributes");
  const checked = Object.fromEntries(Object.entries(item).map(([name, value]) => [name, checkValue(value)]));
  if (sizeOf(checked) > LARGEST_ITEM)
    throw DynamoFault.invalid("Item size has exceeded the maximum allowed size");
  return checked;
}

/** @throws {DynamoFault} if no key can be that. */
export function checkKeyValue(name: string, value: Value | undefined, isSort: boolean): void {
  if (value === undefined) throw DynamoFault.invalid(`Missing the key ${name} in the item`);
  const bytes = "S" in value ? Buffer.byteLength(value.S) : 1;
  const most = isSort ? LONGEST_SORT_KEY : LONGEST_PARTITION_KEY;
  if (bytes === 0) throw DynamoFault.invalid(`The AttributeValue for the key ${name} is empty`);
  if (bytes > most) throw DynamoFault.invalid(`Size of the key ${name} has exceeded the limit of ${most}`);
}

/** @throws {DynamoFault} */
export function checkValue(value: unknown): Value {
  const [entry, ...others] = Object.entries(Object(value));
  const [type, inside] = entry ?? [];
  if (others.length > 0 || typeof inside !== "string")
    throw DynamoFault.invalid("Supplied AttributeValue must contain exactly one of the supported datatypes");
  if (type === "S") return { S: inside };
  if (type === "N") return { N: canonical(inside) };
  throw DynamoFault.invalid(`values of the type ${type} are not kept here`);
}

/** As DynamoDB gives it back: `1.0` as `1`. */
function canonical(text: string): string {
  const [, whole = "", fraction = "", exponent = "0"] = NUMBER.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+|0+$/g, "");
  if (whole === "" || digits.length > MOST_DIGITS || Math.abs(Number(exponent)) > 125)
    throw DynamoFault.invalid(`The parameter cannot be converted to a numeric value: ${text}`);
  return String(Number(text));
}

/** Bytes, as they are billed and bounded. */
export function sizeOf(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => {
    const bytes = "S" in value ? Buffer.byteLength(value.S) : 1 + Math.ceil(value.N.length / 2);
    return sum + Buffer.byteLength(name) + bytes;
  }, 0);
}

export function isSameType(one: Value, other: Value): boolean {
  return "S" in one === "S" in other;
}

/** Text by its bytes, numbers by their size. */
export function compare(one: Value, other: Value): number {
  if ("N" in one && "N" in other) return Number(one.N) - Number(other.N);
  if ("S" in one && "S" in other) return Buffer.compare(Buffer.from(one.S), Buffer.from(other.S));
  return NaN;
}
