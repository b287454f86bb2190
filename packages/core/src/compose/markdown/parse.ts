import type { Nodes, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmStrikethroughFromMarkdown } from "mdast-util-gfm-strikethrough";
import { gfmStrikethrough } from "micromark-extension-gfm-strikethrough";
import type { MessageContent } from "../../protocol/records.ts";
import { inlinesOf, type Surroundings } from "./inline.ts";
import type { Block, Inline, RichText } from "./tree.ts";

/** Longer texts, deeper ones and such of more parts are shown as they were written. */
const LONGEST_TEXT = 10_000;
const DEEPEST = 12;
const MOST_NODES = 5_000;
/** Signs that may open or close something: the parser looks at each beside all others. */
const MOST_SIGNS = 400;
const signs = /[*_~[]/g;
/** More signs of quotes and lists at the beginning of a line than anybody means. */
const nested = /^[ \t]*(?:(?:>|[-+*]|\d{1,9}[.)])[ \t]*){12}/m;

/** No HTML, no pictures, no headings: nothing a message needs, and less to be wrong about. */
const left = ["htmlFlow", "htmlText", "labelStartImage", "definition", "headingAtx", "setextUnderline"];
const options = {
  extensions: [
    gfmStrikethrough({ singleTilde: false }),
    { disable: { null: [...left, "thematicBreak", "codeIndented"] } },
  ],
  mdastExtensions: [gfmStrikethroughFromMarkdown()],
};

const known = new WeakMap<MessageContent, RichText>();

/**
 * What a message says, with the formatting it was written with: `**strong**`, `_emphasis_`, `~~strike~~`, `code`, code blocks,
 * quotes, lists, links; and with the links, mentions and hashtags beside its text. HTML is text like any other. Never
 * throws; the same object for the same content.
 */
export function richTextOf(content: MessageContent): RichText {
  let tree = known.get(content);
  if (!tree) known.set(content, (tree = parse(content)));
  return tree;
}

function parse(content: MessageContent): RichText {
  if (!("text" in content)) return { blocks: [] };
  const { text, ranges = [] } = content;
  const around: Surroundings = { source: text, ranges, isInLink: false };
  const isTooMuch = text.length > LONGEST_TEXT || (text.match(signs)?.length ?? 0) > MOST_SIGNS;
  if (isTooMuch || nested.test(text)) return plain(around);
  const root = fromMarkdown(text, options);
  return isWithin(root) ? { blocks: blocksOf(root.children, around) } : plain(around);
}

/** As it was written, with its ranges. */
function plain(around: Surroundings): RichText {
  const { source } = around;
  const position = {
    start: { line: 1, column: 1, offset: 0 },
    end: { line: 1, column: 1, offset: source.length },
  };
  const children = inlinesOf([{ type: "text", value: source, position }], around);
  return { blocks: [{ type: "paragraph", children }] };
}

function isWithin(root: Nodes): boolean {
  let count = 0;
  const waiting: [node: Nodes, depth: number][] = [[root, 0]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [node, depth] = next;
    count += 1;
    if (depth > DEEPEST || count > MOST_NODES) return false;
    if ("children" in node) for (const child of node.children) waiting.push([child, depth + 1]);
  }
  return true;
}

function blocksOf(nodes: readonly RootContent[], around: Surroundings): readonly Block[] {
  return nodes.flatMap((node) => blockOf(node, around) ?? []);
}

/** Undefined for what the parser is set up not to make. */
function blockOf(node: RootContent, around: Surroundings): Block | undefined {
  if (node.type === "paragraph")
    return { type: "paragraph", children: joined(inlinesOf(node.children, around)) };
  if (node.type === "blockquote") return { type: "quote", children: blocksOf(node.children, around) };
  if (node.type === "list") {
    const items = node.children.map(({ children }) => blocksOf(children, around));
    return { type: "list", isOrdered: node.ordered === true, start: node.start ?? 1, items };
  }
  if (node.type !== "code") return undefined;
  const [language] = /^[\w+#-]{1,32}/.exec(node.lang ?? "") ?? [];
  return { type: "code-block", text: node.value, ...(language !== undefined && { language }) };
}

/** A link that may be none leaves text beside text. */
function joined(inlines: readonly Inline[]): readonly Inline[] {
  const result: Inline[] = [];
  for (const inline of inlines) {
    const last = result.at(-1);
    if (last?.type === "text" && inline.type === "text")
      result[result.length - 1] = { type: "text", text: last.text + inline.text };
    else result.push(inline);
  }
  return result;
}
