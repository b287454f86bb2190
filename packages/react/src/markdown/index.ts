/** `@tidings/react/markdown`: what a message says, with its formatting, as elements. Beside the parser of `@tidings/core/markdown`. */
export { RichText, type RichTextProps } from "./rich-text.ts";
export type { NodeProps, NodeTypes, RichTextComponents } from "./nodes.ts";
