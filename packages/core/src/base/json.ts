/** Anything JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object: what applications hang on records under `custom`. */
export type JsonObject = { readonly [key: string]: Json };

/**
 * Is `value` plain JSON, no deeper than `depth` and no larger than `nodes` values in all?
 *
 * Counted instead of recursing freely, so that a hostile peer cannot spend our stack or our time.
 */
export function isJsonWithin(value: unknown, depth: number, nodes: number): value is Json {
  let left = nodes;
  const visit = (item: unknown, deep: number): boolean => {
    if (--left < 0) return false;
    if (item === null || typeof item === "string" || typeof item === "boolean") return true;
    if (typeof item === "number") return Number.isFinite(item);
    if (typeof item !== "object" || deep === 0) return false;
    return Object.values(item).every((child) => visit(child, deep - 1));
  };
  return visit(value, depth);
}
