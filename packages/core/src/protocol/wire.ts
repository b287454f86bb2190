import { isJsonWithin } from "../base/json.ts";
import { CUSTOM_DEPTH, CUSTOM_NODES } from "./bounds.ts";

/**
 * Reads what came over the wire, by a table that is made from the zod schemas (`wire-table.ts`). The schemas stay the
 * truth; a test holds both to the same verdicts. The table is what clients ship: a tenth of the size, and faster.
 *
 * A number stands for the shape at that place of the table.
 */
export type Shape =
  | number
  /** At most `longest` code points, matching a regular expression. */
  | readonly ["text", longest: number, pattern: string]
  /** A safe integer within bounds. */
  | readonly ["int", least: number, most: number]
  | readonly ["flag"]
  | readonly ["any"]
  /** An application's own JSON object. */
  | readonly ["json"]
  | readonly ["one", ...values: readonly (string | number)[]]
  | readonly ["list", item: Shape, most: number]
  | readonly ["map", key: Shape, value: Shape]
  /** A key that ends in `?` may be absent. Keys not named here are dropped. */
  | readonly ["object", fields: { readonly [key: string]: Shape }]
  /** Told apart by the text under `tag`. */
  | readonly ["tagged", tag: string, options: { readonly [value: string]: Shape }]
  /** The first that fits. */
  | readonly ["either", options: readonly Shape[]];

/** Shapes that share a table, and the places where reading begins. */
export interface Wire<Root extends string> {
  readonly table: readonly Shape[];
  readonly roots: { readonly [Name in Root]: Shape };
}

/** What is wrong, and where: keys and indexes from the outside in. */
export class Fault {
  readonly path: string[] = [];

  /** The same, seen from one level further out. */
  under(key: string): this {
    this.path.unshift(key);
    return this;
  }
}

/** A copy of what the shape knows of a value, or a `Fault`. Never throws. */
export type Reader = (value: unknown) => unknown;

const wrong = (): Fault => new Fault();

/** Answers the reader of each root. A place of the table is made into a reader once, when first needed. */
export function createReaders<Root extends string>({ table, roots }: Wire<Root>): (root: Root) => Reader {
  const made = new Map<number, Reader>();
  const readerOf = (shape: Shape): Reader => {
    if (typeof shape !== "number") return make(shape);
    let reader = made.get(shape);
    if (!reader) made.set(shape, (reader = readerOf(table[shape] ?? ["one"])));
    return reader;
  };

  const make = (shape: Exclude<Shape, number>): Reader => {
    switch (shape[0]) {
      case "text":
        return text(shape[1], new RegExp(shape[2], "u"));
      case "int":
        return int(shape[1], shape[2]);
      case "flag":
        return (value) => (typeof value === "boolean" ? value : wrong());
      case "any":
        return (value) => value;
      case "json":
        return (value) =>
          isObject(value) && isJsonWithin(value, CUSTOM_DEPTH, CUSTOM_NODES) ? value : wrong();
      case "one": {
        const values = new Set<unknown>(shape.slice(1));
        return (value) => (values.has(value) ? value : wrong());
      }
      case "list":
        return list(readerOf(shape[1]), shape[2]);
      case "map":
        return map(readerOf(shape[1]), readerOf(shape[2]));
      case "object":
        return object(Object.entries(shape[1]).map(([key, field]) => [key, readerOf(field)]));
      case "tagged":
        return tagged(
          shape[1],
          new Map(Object.entries(shape[2]).map(([tag, option]) => [tag, readerOf(option)])),
        );
      case "either":
        return either(shape[1].map(readerOf));
    }
  };

  const rootReaders = new Map<Root, Reader>();
  return (root) => {
    let reader = rootReaders.get(root);
    if (!reader) rootReaders.set(root, (reader = readerOf(roots[root])));
    return reader;
  };
}

function text(longest: number, pattern: RegExp): Reader {
  return (value) =>
    typeof value === "string" && isWithin(value, longest) && pattern.test(value) ? value : wrong();
}

/** Counted in code points only where units do not settle it: a code point is one unit or two. */
function isWithin(value: string, longest: number): boolean {
  return value.length <= longest || (value.length <= 2 * longest && Array.from(value).length <= longest);
}

function int(least: number, most: number): Reader {
  return (value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most
      ? value
      : wrong();
}

function list(read: Reader, most: number): Reader {
  return (value) => {
    if (!Array.isArray(value) || value.length > most) return wrong();
    const copy: unknown[] = [];
    for (let index = 0; index < value.length; index += 1) {
      const item = read(value[index]);
      if (item instanceof Fault) return item.under(String(index));
      copy.push(item);
    }
    return copy;
  };
}

function map(readKey: Reader, readValue: Reader): Reader {
  return (value) => {
    if (!isObject(value)) return wrong();
    const copy: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(value)) {
      if (key === "__proto__") continue; // assigning it would set a prototype; zod drops it too
      const item = readKey(key) instanceof Fault ? wrong() : readValue(child);
      if (item instanceof Fault) return item.under(key);
      copy[key] = item;
    }
    return copy;
  };
}

function object(entries: readonly (readonly [key: string, read: Reader])[]): Reader {
  const fields = entries.map(([key, read]) => {
    const isOptional = key.endsWith("?");
    return { key: isOptional ? key.slice(0, -1) : key, read, isOptional };
  });
  return (value) => {
    if (!isObject(value)) return wrong();
    const copy: Record<string, unknown> = {};
    for (const { key, read, isOptional } of fields) {
      const child = value[key];
      if (child === undefined && isOptional) continue;
      const item = child === undefined ? wrong() : read(child);
      if (item instanceof Fault) return item.under(key);
      copy[key] = item;
    }
    return copy;
  };
}

function tagged(tag: string, options: ReadonlyMap<unknown, Reader>): Reader {
  return (value) => {
    if (!isObject(value)) return wrong();
    return options.get(value[tag])?.(value) ?? wrong().under(tag);
  };
}

/** Of several faults the one that is about what is there says more than those about what is not. */
function either(options: readonly Reader[]): Reader {
  return (value) => {
    let telling: Fault | undefined;
    for (const read of options) {
      const item = read(value);
      if (!(item instanceof Fault)) return item;
      const [key] = item.path;
      if (key !== undefined && isObject(value) && key in value) telling ??= item;
    }
    return telling ?? wrong();
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
