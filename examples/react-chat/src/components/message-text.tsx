import { type Hashtag as HashtagNode, type Mention as MentionNode, richTextOf } from "@tidings/core/markdown";
import type { MessageRecord } from "@tidings/core/protocol";
import { useClient, useObservable } from "@tidings/react";
import { type NodeProps, RichText, type RichTextComponents } from "@tidings/react/markdown";
import { useTexts } from "../texts/use-texts.tsx";
import "../styles/rich-text.css";

/** What a message says, formatted. A tree comes in and elements go out: text is only ever put in as text. */
export function MessageText({ message }: { readonly message: Pick<MessageRecord, "content"> }) {
  const { t } = useTexts();
  if (!("text" in message.content)) return <em>{t.sealed}</em>;
  return <RichText tree={richTextOf(message.content)} components={components} />;
}

const components: Partial<RichTextComponents> = { mention: Mention, group: Mention, hashtag: Hashtag };

function Mention({ node: { type, value }, children }: NodeProps<MentionNode>) {
  const userId = useObservable(useClient().userId);
  return (
    <span className="mention" data-me={type === "group" ? value === "here" : value === userId}>
      {children}
    </span>
  );
}

function Hashtag({ children }: NodeProps<HashtagNode>) {
  return <span className="hashtag">{children}</span>;
}
