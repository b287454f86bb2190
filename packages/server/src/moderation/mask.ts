import type { MessageContent } from "@tidings/core/protocol";
import type { Stretch } from "./moderator.ts";

type Plain = Extract<MessageContent, { readonly text: string }>;

/**
 * The same with a star for each unit of the stretches, so that everything else keeps its place; spaces stay. What lies in a
 * stretch means nothing any more, nor does what touches one: an address would tell what it covers.
 */
export function withMask({ text, ranges, ...others }: Plain, stretches: readonly Stretch[]): Plain {
  const units = text.split("");
  for (const { start, end } of stretches)
    for (let at = Math.max(0, start); at < Math.min(end, units.length); at += 1)
      units[at] = /\s/u.test(units[at] ?? "") ? (units[at] ?? "") : "*";
  const left = ranges?.filter((range) => !stretches.some((each) => touches(range, each)));
  return { ...others, text: units.join(""), ...(left && left.length > 0 && { ranges: left }) };
}

function touches(one: Stretch, other: Stretch): boolean {
  return one.start < other.end && other.start < one.end;
}
