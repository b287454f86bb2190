import * as z from "zod/mini";
import { clientFrame, commandPlace, requestEnvelope, serverFrame } from "../../src/protocol/frames.ts";
import { queryResults } from "../../src/protocol/queries.ts";
import { custom } from "../../src/protocol/schema.ts";
import type { Shape } from "../../src/protocol/wire.ts";

/** What zod keeps of a schema: its own public introspection, `_zod.def` (zod.dev, "for library authors"). */
interface Definition {
  readonly type: string;
  readonly checks?: readonly { readonly _zod: { readonly def: Check } }[];
  readonly shape?: Readonly<Record<string, AnySchema>>;
  readonly options?: readonly AnySchema[];
  readonly discriminator?: string;
  readonly innerType?: AnySchema;
  readonly element?: AnySchema;
  readonly keyType?: AnySchema;
  readonly valueType?: AnySchema;
  readonly values?: readonly (string | number)[];
  readonly entries?: Readonly<Record<string, string>>;
}

interface Check {
  readonly check: string;
  readonly maximum?: number;
  readonly value?: number;
  readonly inclusive?: boolean;
  readonly pattern?: RegExp;
}

interface AnySchema {
  readonly _zod: { readonly def: unknown };
}

/** Compiles schemas; what stands in more than one place gets a place of its own in the table. */
function compile(roots: Readonly<Record<string, AnySchema>>): {
  table: Shape[];
  roots: Record<string, Shape>;
} {
  const seen = new Map<string, number>();
  const whole = Object.entries(roots).map(([name, schema]) => [name, shapeOf(schema)] as const);
  const count = (shape: Shape): void => {
    if (typeof shape === "number") return;
    const key = JSON.stringify(shape);
    seen.set(key, (seen.get(key) ?? 0) + 1);
    if (seen.get(key) === 1) childrenOf(shape).forEach(count);
  };
  for (const [, shape] of whole) count(shape);

  const table: Shape[] = [];
  const places = new Map<string, number>();
  const place = (shape: Shape): Shape => {
    const key = JSON.stringify(shape);
    const known = places.get(key);
    if (known !== undefined) return known;
    const small = replaceChildren(shape, place);
    if ((seen.get(key) ?? 0) < 2) return small;
    places.set(key, table.push(small) - 1);
    return table.length - 1;
  };
  return { roots: Object.fromEntries(whole.map(([name, shape]) => [name, place(shape)])), table };
}

function shapeOf(schema: AnySchema): Exclude<Shape, number> {
  if (schema === custom) return ["json"];
  const def = schema._zod.def as Definition;
  const checks = (def.checks ?? []).map((check) => check._zod.def);
  switch (def.type) {
    case "string": {
      const patterns = checks.flatMap(({ pattern }) => (pattern ? [pattern.source] : []));
      if (patterns.length > 1) throw new Error("unable to compile a text of two patterns");
      return ["text", most(checks) ?? Number.MAX_SAFE_INTEGER, patterns[0] ?? ""];
    }
    case "number": {
      const { least, most: top } = limits(checks);
      return ["int", least, top];
    }
    case "boolean":
      return ["flag"];
    case "unknown":
      return ["any"];
    case "literal":
      return ["one", ...(def.values ?? [])];
    case "enum":
      return ["one", ...Object.values(def.entries ?? {})];
    case "array":
      return ["list", shapeOf(given(def.element)), most(checks) ?? Number.MAX_SAFE_INTEGER];
    case "record":
      return ["map", shapeOf(given(def.keyType)), shapeOf(given(def.valueType))];
    case "object":
      return ["object", fieldsOf(given(def.shape))];
    case "union":
      return unionOf(def);
    default:
      throw new Error(
        `unable to compile a schema of type "${def.type}"; teach scripts and wire.ts what it is`,
      );
  }
}

function fieldsOf(shape: Readonly<Record<string, AnySchema>>): Record<string, Shape> {
  return Object.fromEntries(
    Object.entries(shape).map(([key, schema]): [string, Shape] => {
      const def = schema._zod.def as Definition;
      return def.type === "optional" ? [`${key}?`, shapeOf(given(def.innerType))] : [key, shapeOf(schema)];
    }),
  );
}

function unionOf({ options = [], discriminator }: Definition): Exclude<Shape, number> {
  if (discriminator === undefined) return ["either", options.map(shapeOf)];
  const tags = options.flatMap((option) => {
    const shape = shapeOf(option);
    const tag = shape[0] === "object" ? shape[1][discriminator] : undefined;
    if (!Array.isArray(tag)) throw new Error("unable to compile a union; an option has no tag");
    return tag.slice(1).map((value): [string, Shape] => [String(value), shape]);
  });
  return ["tagged", discriminator, Object.fromEntries(tags)];
}

function most(checks: readonly Check[]): number | undefined {
  return checks.find(({ check }) => check === "max_length")?.maximum;
}

function limits(checks: readonly Check[]): { least: number; most: number } {
  let least = Number.MIN_SAFE_INTEGER;
  let top = Number.MAX_SAFE_INTEGER;
  for (const { check, value = 0, inclusive = false } of checks) {
    if (check === "greater_than") least = inclusive ? value : value + 1;
    if (check === "less_than") top = inclusive ? value : value - 1;
  }
  return { least, most: top };
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("unable to compile; zod describes its schemas differently now");
  return value;
}

function childrenOf(shape: Exclude<Shape, number>): Shape[] {
  const children: Shape[] = [];
  replaceChildren(shape, (child) => {
    children.push(child);
    return child;
  });
  return children;
}

function replaceChildren(shape: Shape, replace: (child: Shape) => Shape): Shape {
  if (typeof shape === "number") return shape;
  const each = (fields: { readonly [key: string]: Shape }): Record<string, Shape> =>
    Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, replace(field)]));
  switch (shape[0]) {
    case "list":
      return ["list", replace(shape[1]), shape[2]];
    case "map":
      return ["map", replace(shape[1]), replace(shape[2])];
    case "object":
      return ["object", each(shape[1])];
    case "tagged":
      return ["tagged", shape[1], each(shape[2])];
    case "either":
      return ["either", shape[1].map(replace)];
    case "text":
    case "int":
    case "flag":
    case "any":
    case "json":
    case "one":
      return shape;
  }
}

/** The whole of `src/protocol/wire-table.ts`. */
export function wireTableSource(): string {
  const results = given((z.object(queryResults)._zod.def as Definition).shape);
  return `import type { Wire } from "./wire.ts";

/** Both are made from the zod schemas by \`npm run docs\`; change those instead. */
${wireSource("clientWire", { frame: clientFrame, envelope: requestEnvelope, place: commandPlace })}
${wireSource("serverWire", { frame: serverFrame, ...results })}`;
}

function wireSource(name: string, schemas: Readonly<Record<string, AnySchema>>): string {
  const { table, roots } = compile(schemas);
  const places = Object.entries(roots).map(
    ([root, shape]) => `    ${nameOf(root)}: ${JSON.stringify(shape)},\n`,
  );
  return `export const ${name}: Wire<${Object.keys(schemas)
    .map((root) => JSON.stringify(root))
    .join(" | ")}> = {
  table: [
${table.map((shape) => `    ${JSON.stringify(shape)},\n`).join("")}  ],
  roots: {
${places.join("")}  },
};
`;
}

function nameOf(root: string): string {
  return /^\w+$/u.test(root) ? root : JSON.stringify(root);
}
