import type { Stretch } from "./moderator.ts";
import { saidIn, type Saying, withEach } from "./saying.ts";

/**
 * The same with a star for each unit of the stretches of `saidIn`, so that everything else keeps its place; spaces stay.
 * What lies in a stretch means nothing any more, nor does what touches one: an address would tell what it covers.
 */
export function withMask(saying: Saying, stretches: readonly Stretch[]): Saying {
  const said = starred(saidIn(saying), stretches);
  let at = 0;
  const masked = withEach(saying, ({ length }) => said.slice(at, (at += length + 1) - 1));
  if (!masked.content?.ranges) return masked;
  const { ranges, ...content } = masked.content;
  const left = ranges.filter((range) => !stretches.some((each) => touches(range, each)));
  return { ...masked, content: { ...content, ...(left.length > 0 && { ranges: left }) } };
}

function starred(said: string, stretches: readonly Stretch[]): string {
  const units = said.split("");
  for (const { start, end } of stretches)
    for (let at = Math.max(0, start); at < Math.min(end, units.length); at += 1)
      units[at] = /\s/u.test(units[at] ?? "") ? (units[at] ?? "") : "*";
  return units.join("");
}

function touches(one: Stretch, other: Stretch): boolean {
  return one.start < other.end && other.start < one.end;
}
