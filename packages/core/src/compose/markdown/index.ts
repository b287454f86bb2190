/** `@tidings/core/markdown`: messages with plain formatting, as a tree. Only those who import this door ship the parser. */
export { addressOf } from "../address.ts";
export { richTextOf } from "./parse.ts";
export type {
  Block,
  Break,
  Code,
  CodeBlock,
  Formatted,
  Hashtag,
  Inline,
  Link,
  List,
  Mention,
  Paragraph,
  Quote,
  RichText,
  Text,
} from "./tree.ts";
