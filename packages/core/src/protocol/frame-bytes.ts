/**
 * How many bytes of UTF-8 a frame's JSON takes. Without `TextEncoder`, which React Native lacked for long; JSON escapes
 * the halves of pairs, so it never throws.
 */
export function frameBytes(json: string): number {
  return encodeURIComponent(json).replace(/%../g, "_").length;
}
