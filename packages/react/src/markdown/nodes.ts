import type {
  Break,
  Code,
  CodeBlock,
  Formatted,
  Hashtag,
  Link,
  List,
  Mention,
  Paragraph,
  Quote,
  Text,
} from "@tidings/core/markdown";
import { type ComponentType, createElement, Fragment, type ReactNode } from "react";

/** The nodes of the tree, by their `type`. */
export interface NodeTypes {
  readonly paragraph: Paragraph;
  readonly quote: Quote;
  readonly list: List;
  readonly "code-block": CodeBlock;
  readonly text: Text;
  readonly strong: Formatted;
  readonly emphasis: Formatted;
  readonly strike: Formatted;
  readonly code: Code;
  readonly link: Link;
  readonly mention: Mention;
  readonly group: Mention;
  readonly hashtag: Hashtag;
  readonly break: Break;
}

/** What a component for a node is given. */
export interface NodeProps<Node> {
  readonly node: Node;
  /** What is in it, already elements: a list's are its `<li>`, a mention's its text. */
  readonly children?: ReactNode;
}

/** A component for each type of node. */
export type RichTextComponents = {
  readonly [Type in keyof NodeTypes]: ComponentType<NodeProps<NodeTypes[Type]>>;
};

/** Plain elements, without classes. Text takes its own direction, code none. */
export const plain: RichTextComponents = {
  paragraph: ({ children }) => createElement("p", { dir: "auto" }, children),
  quote: ({ children }) => createElement("blockquote", null, children),
  list: ({ node: { isOrdered, start }, children }) =>
    isOrdered ? createElement("ol", { start }, children) : createElement("ul", null, children),
  "code-block": ({ children }) => createElement("pre", { dir: "ltr" }, createElement("code", null, children)),
  text: ({ children }) => children,
  strong: ({ children }) => createElement("strong", null, children),
  emphasis: ({ children }) => createElement("em", null, children),
  strike: ({ children }) => createElement("s", null, children),
  code: ({ children }) => createElement("code", { dir: "ltr" }, children),
  link: ({ node: { href }, children }) =>
    createElement("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, children),
  mention: ({ children }) => createElement("b", null, children),
  group: ({ children }) => createElement("b", null, children),
  hashtag: ({ children }) => createElement("b", null, children),
  break: () => createElement("br"),
};

/** As an element would be, but none. */
export function inPlace(key: number, children: ReactNode): ReactNode {
  return createElement(Fragment, { key }, children);
}
