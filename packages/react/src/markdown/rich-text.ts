import { addressOf, type Block, type Inline, type RichText as Tree } from "@tidings/core/markdown";
import { type ComponentType, createElement, Fragment, type ReactElement, type ReactNode } from "react";
import { inPlace, type NodeProps, plain, type RichTextComponents } from "./nodes.ts";

export interface RichTextProps {
  /** What `richTextOf` has read. */
  readonly tree: Tree;
  /** Components of your own, for some types of nodes or for all. Make the object outside of the component, or remember it. */
  readonly components?: Partial<RichTextComponents> | undefined;
}

/**
 * A text with its formatting, as elements: a tree comes in, and what people wrote is only ever put in as text. A link whose
 * address is none a message may lead to is the text it was written on, whoever made the tree.
 */
export function RichText({ tree, components }: RichTextProps): ReactElement {
  const nodes = components ? { ...plain, ...components } : plain;
  return createElement(Fragment, null, blocksOf(tree.blocks, nodes));
}

function blocksOf(blocks: readonly Block[], nodes: RichTextComponents): ReactNode {
  return blocks.map((block, key) => blockOf(block, nodes, key));
}

function blockOf(block: Block, nodes: RichTextComponents, key: number): ReactNode {
  switch (block.type) {
    case "paragraph":
      return element(nodes.paragraph, block, key, inlinesOf(block.children, nodes));
    case "quote":
      return element(nodes.quote, block, key, blocksOf(block.children, nodes));
    case "code-block":
      return element(nodes["code-block"], block, key, block.text);
    case "list": {
      const items = block.items.map((item, index) =>
        createElement("li", { key: index }, blocksOf(item, nodes)),
      );
      return element(nodes.list, block, key, items);
    }
  }
}

function inlinesOf(inlines: readonly Inline[], nodes: RichTextComponents): ReactNode {
  return inlines.map((inline, key) => inlineOf(inline, nodes, key));
}

function inlineOf(inline: Inline, nodes: RichTextComponents, key: number): ReactNode {
  switch (inline.type) {
    case "text":
      return element(nodes.text, inline, key, inline.text);
    case "break":
      return element(nodes.break, inline, key);
    case "code":
      return element(nodes.code, inline, key, inline.text);
    case "strong":
    case "emphasis":
    case "strike":
      return element(nodes[inline.type], inline, key, inlinesOf(inline.children, nodes));
    case "link": {
      const children = inlinesOf(inline.children, nodes);
      const href = addressOf(inline.href);
      return href === undefined
        ? inPlace(key, children)
        : element(nodes.link, { ...inline, href }, key, children);
    }
    case "mention":
    case "group":
      return element(nodes[inline.type], inline, key, inline.text);
    case "hashtag":
      return element(nodes.hashtag, inline, key, inline.text);
  }
}

function element<Node>(
  component: ComponentType<NodeProps<Node>>,
  node: Node,
  key: number,
  children?: ReactNode,
): ReactElement {
  return createElement(component, { node, key }, children);
}
