import type { PhrasingContent } from "mdast";
import type { TextRange } from "../../protocol/records.ts";
import { isMisleading } from "../../domain/misleading.ts";
import { addressOf } from "../address.ts";
import type { Inline } from "./tree.ts";

/** What surrounds a piece of text: the ranges beside it, and whether a link is open, as links do not nest. */
export interface Surroundings {
  readonly source: string;
  readonly ranges: readonly TextRange[];
  readonly isInLink: boolean;
}

export function inlinesOf(nodes: readonly PhrasingContent[], around: Surroundings): readonly Inline[] {
  return nodes.flatMap((node) => inlineOf(node, around));
}

function inlineOf(node: PhrasingContent, around: Surroundings): readonly Inline[] {
  switch (node.type) {
    case "text":
      return textOf(node.value, node.position?.start.offset ?? -1, around);
    case "strong":
    case "emphasis":
      return [{ type: node.type, children: inlinesOf(node.children, around) }];
    case "delete":
      return [{ type: "strike", children: inlinesOf(node.children, around) }];
    case "inlineCode":
      return [{ type: "code", text: node.value }];
    case "break":
      return [{ type: "break" }];
    case "link":
      return linkOf(node.url, inlinesOf(node.children, { ...around, isInLink: true }), around);
    case "html":
    case "image":
    case "imageReference":
    case "linkReference":
    case "footnoteReference":
      return []; // none that the parser is set up to make
  }
}

/** A link, or, where it may be none or says that it leads elsewhere, what it would have been written on. */
function linkOf(url: string, children: readonly Inline[], { isInLink }: Surroundings): readonly Inline[] {
  const href = addressOf(url);
  if (href === undefined || isInLink || isMisleading(plainOf(children), href)) return children;
  return [{ type: "link", href, children }];
}

/** What one reads, however it is set. */
function plainOf(inlines: readonly Inline[]): string {
  return inlines
    .map((inline) =>
      "children" in inline ? plainOf(inline.children) : inline.type === "break" ? "\n" : inline.text,
    )
    .join("");
}

/** Text, with line breaks and with the ranges that lie in it. */
function textOf(
  value: string,
  offset: number,
  { source, ranges, isInLink }: Surroundings,
): readonly Inline[] {
  // Where something was escaped, places in the text are not those of its source.
  const isAsWritten = offset >= 0 && source.slice(offset, offset + value.length) === value;
  const inlines: Inline[] = [];
  let end = 0;
  for (const range of isAsWritten ? ranges : []) {
    const [from, to] = [range.start - offset, range.end - offset];
    if (from < end || to > value.length) continue;
    const found = rangeOf(range, value.slice(from, to), isInLink);
    if (!found) continue;
    inlines.push(...linesOf(value.slice(end, from)), found);
    end = to;
  }
  return [...inlines, ...linesOf(value.slice(end))];
}

function rangeOf({ type, value }: TextRange, text: string, isInLink: boolean): Inline | undefined {
  if (type !== "link") return { type, text, value };
  const href = isInLink ? undefined : addressOf(value);
  if (href === undefined || isMisleading(text, href)) return undefined;
  return { type, href, children: [{ type: "text", text }] };
}

function linesOf(text: string): readonly Inline[] {
  return text.split("\n").flatMap((line, index): readonly Inline[] => {
    const shown: readonly Inline[] = line === "" ? [] : [{ type: "text", text: line }];
    return index === 0 ? shown : [{ type: "break" }, ...shown];
  });
}
