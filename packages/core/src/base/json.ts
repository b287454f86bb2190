/** Anything JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object: what applications hang on records under `custom`. */
export type JsonObject = { readonly [key: string]: Json };

/**
 * Text that every language and store can hold: no half of a surrogate pair, no NUL. JSON can write both, but what
 * others make of them differs (RFC 7493, section 2.1), and PostgreSQL refuses them.
 */
export const soundText: RegExp = /^[^\0\p{Cs}]*$/u;

/**
 * Is `value` plain JSON of sound text, no deeper than `depth` and no larger than `nodes` values in all?
 *
 * Counted instead of recursing freely, so that a hostile peer cannot spend our stack or our time. A key `__proto__` is
 * refused: `JSON.parse` keeps it as a key, but an app that copies the object would set a prototype.
 */
export function isJsonWithin(value: unknown, depth: number, nodes: number): value is Json {
  let left = nodes;
  const visit = (item: unknown, deep: number): boolean => {
    if (--left < 0) return false;
    if (item === null || typeof item === "boolean") return true;
    if (typeof item === "string") return soundText.test(item);
    if (typeof item === "number") return Number.isFinite(item);
    if (typeof item !== "object" || deep === 0 || !(Array.isArray(item) || isPlain(item))) return false;
    return Object.entries(item).every(([key, child]) => isSoundKey(key) && visit(child, deep - 1));
  };
  return visit(value, depth);
}

/** Not a Date, a Map or an instance, which JSON would turn into something else. True of any realm's plain objects. */
function isPlain(item: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(item);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isSoundKey(key: string): boolean {
  return key !== "__proto__" && soundText.test(key);
}
