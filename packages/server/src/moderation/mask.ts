import type { MessageContent } from "@tidings/core/protocol";
import type { Stretch } from "./moderator.ts";

export type Plain = Extract<MessageContent, { readonly text: string }>;

/** All that people read of it, a line for each: the text, then the options of a poll, then the names of files. */
export function saidIn({ text, poll, attachments = [] }: Plain): string {
  return [text, ...(poll?.options ?? []), ...attachments.map(({ name }) => name)].join("\n");
}

/**
 * The same with a star for each unit of the stretches of `saidIn`, so that everything else keeps its place; spaces stay.
 * What lies in a stretch means nothing any more, nor does what touches one: an address would tell what it covers.
 */
export function withMask(content: Plain, stretches: readonly Stretch[]): Plain {
  const { ranges, text, poll, attachments, ...others } = content;
  const said = starred(saidIn(content), stretches);
  let at = 0;
  const next = ({ length }: string): string => said.slice(at, (at += length + 1) - 1);
  const left = ranges?.filter((range) => !stretches.some((each) => touches(range, each)));
  return {
    ...{ ...others, text: next(text) },
    ...(poll && { poll: { ...poll, options: poll.options.map(next) } }),
    ...(attachments && { attachments: attachments.map((file) => ({ ...file, name: next(file.name) })) }),
    ...(left && left.length > 0 && { ranges: left }),
  };
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
