import type { MessageRecord, TextRange } from "@tidings/core/protocol";
import { useClient, useObservable } from "@tidings/react";
import { Fragment, type ReactNode } from "react";
import { useTexts } from "../texts/use-texts.tsx";

/** What a message says, with links and mentions. Text is only ever put in as text, whatever it looks like. */
export function MessageText({ message }: { readonly message: MessageRecord }) {
  const { t } = useTexts();
  const { content } = message;
  if (!("text" in content)) return <em>{t.sealed}</em>;
  const { text, ranges = [] } = content;
  const parts: ReactNode[] = [];
  let end = 0;
  for (const range of ranges) {
    if (range.start < end || range.end > text.length) continue; // overlapping, or of another text
    parts.push(text.slice(end, range.start));
    parts.push(<Part key={range.start} range={range} text={text.slice(range.start, range.end)} />);
    end = range.end;
  }
  parts.push(text.slice(end));
  return parts.map((part, index) => <Fragment key={index}>{part}</Fragment>);
}

function Part({ range, text }: { readonly range: TextRange; readonly text: string }) {
  const userId = useObservable(useClient().userId);
  if (range.type === "mention") {
    return (
      <span className="mention" data-me={range.value === userId}>
        {text}
      </span>
    );
  }
  // Whoever sends decides what the address is: a browser runs `javascript:` ones.
  if (range.type !== "link" || !/^(https?|mailto):/i.test(range.value)) return text;
  return (
    <a href={range.value} target="_blank" rel="noopener noreferrer nofollow">
      {text}
    </a>
  );
}
