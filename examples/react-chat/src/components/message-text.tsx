import { type Block, type Inline, richTextOf } from "@tidings/core/markdown";
import type { MessageRecord } from "@tidings/core/protocol";
import { useClient, useObservable } from "@tidings/react";
import type { ReactNode } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import "../styles/rich-text.css";

/** What a message says, formatted. A tree comes in and elements go out: text is only ever put in as text. */
export function MessageText({ message }: { readonly message: MessageRecord }) {
  const { t } = useTexts();
  if (!("text" in message.content)) return <em>{t.sealed}</em>;
  return <Blocks blocks={richTextOf(message.content).blocks} />;
}

function Blocks({ blocks }: { readonly blocks: readonly Block[] }): ReactNode {
  return blocks.map((block, index) => <BlockView key={index} block={block} />);
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.type) {
    case "paragraph":
      return (
        <p dir="auto">
          <Inlines inlines={block.children} />
        </p>
      );
    case "quote":
      return (
        <blockquote>
          <Blocks blocks={block.children} />
        </blockquote>
      );
    case "code-block":
      return (
        <pre dir="ltr">
          <code>{block.text}</code>
        </pre>
      );
    case "list": {
      const items = block.items.map((item, index) => (
        <li key={index}>
          <Blocks blocks={item} />
        </li>
      ));
      return block.isOrdered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>;
    }
  }
}

function Inlines({ inlines }: { readonly inlines: readonly Inline[] }): ReactNode {
  return inlines.map((inline, index) => <InlineView key={index} inline={inline} />);
}

function InlineView({ inline }: { readonly inline: Inline }): ReactNode {
  switch (inline.type) {
    case "text":
      return inline.text;
    case "break":
      return <br />;
    case "code":
      return <code dir="ltr">{inline.text}</code>;
    case "mention":
    case "group":
      return <Mention value={inline.value} text={inline.text} isGroup={inline.type === "group"} />;
    case "hashtag":
      return <span className="hashtag">{inline.text}</span>;
    case "link":
      return (
        <a href={inline.href} target="_blank" rel="noopener noreferrer nofollow">
          <Inlines inlines={inline.children} />
        </a>
      );
    case "strong":
    case "emphasis":
    case "strike": {
      const Tag = ({ strong: "strong", emphasis: "em", strike: "s" } as const)[inline.type];
      return (
        <Tag>
          <Inlines inlines={inline.children} />
        </Tag>
      );
    }
  }
}

interface MentionProps {
  readonly value: string;
  readonly text: string;
  readonly isGroup: boolean;
}

function Mention({ value, text, isGroup }: MentionProps) {
  const userId = useObservable(useClient().userId);
  return (
    <span className="mention" data-me={isGroup ? value === "here" : value === userId}>
      {text}
    </span>
  );
}
