import type { TextRange } from "@tidings/core/protocol";

/** With a scheme, or a name with a dot in it; each of its parts begins where the one before ends, so it takes linear time. */
const written =
  /https?:\/\/[^\s<>"'`]+|(?<![\p{L}\p{N}@._-])(?:[\p{L}\p{N}-]{1,63}\.){1,126}(?:xn--[a-z\d-]{2,59}|\p{L}{2,24})(?![\p{L}\p{N}@])(?:\/[^\s<>"'`]*)?/giu;
/** What ends a sentence, or closes a bracket, rather than an address. */
const ENDINGS = ".,;:!?)]}";

/**
 * What stands in a text as an address or reads like one, each once; a client need not have marked it. All of them: a bound
 * would hide the last behind many harmless ones.
 */
export function addressesIn(text: string, ranges: readonly TextRange[]): readonly string[] {
  const found = new Set<string>();
  for (const { type, value } of ranges)
    if (type === "link" && /^https?:/iu.test(value)) found.add(bare(value));
  for (const [address] of text.matchAll(written)) {
    found.add(bare(/^https?:/iu.test(address) ? address : `http://${address}`));
  }
  return [...found];
}

/** Without what ends the sentence and not the address, and without the difference between the two schemes. */
function bare(address: string): string {
  let end = address.length;
  while (end > 0 && ENDINGS.includes(address.charAt(end - 1))) end -= 1;
  return address.slice(0, end).replace(/^https?:\/\//iu, "http://");
}
