import { useConversation, useObservable, useSearch } from "@tidings/react";
import { useDeferredValue, useState } from "react";
import { useChatActions } from "../lib/chat-actions.ts";
import { nameOf, textOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Avatar } from "./avatar.tsx";
import { Pane } from "./pane.tsx";
import { useAttempt } from "./toasts.tsx";

interface SearchPaneProps {
  readonly conversationId: string;
  readonly onClose: () => void;
}

/** Finds words in what is loaded, and loads more to look through. */
export function SearchPane({ conversationId, onClose }: SearchPaneProps) {
  const { t, format } = useTexts();
  const { jumpTo } = useChatActions();
  const attempt = useAttempt();
  const { timeline } = useConversation(conversationId);
  const hasOlder = useObservable(timeline, (view) => view.hasOlder);
  const [query, setQuery] = useState("");
  const sought = useDeferredValue(query);
  const found = useSearch(conversationId, sought);
  return (
    <Pane title={t.search} onClose={onClose}>
      <div className="pane-search">
        <input
          type="search"
          className="text-input"
          aria-label={t.search}
          placeholder={t.searchHint}
          value={query}
          onChange={({ target }) => setQuery(target.value)}
        />
        <p className="hint" role="status">
          {sought.trim() !== "" && (found.length > 0 ? t.results(found.length) : t.noResults)}
        </p>
      </div>
      <ul className="pane-body results">
        {found.map((message) => (
          <li key={message.id}>
            <button type="button" className="result" onClick={() => jumpTo(message.id)}>
              <Avatar id={message.authorId} name={message.authorId} />
              <span className="result-text">
                <strong dir="auto">{nameOf(message.authorId)}</strong>{" "}
                <time>{format.shortTime(message.createdAt)}</time>
                <span className="result-said" dir="auto">
                  <Marked text={textOf(message)} query={sought} />
                </span>
              </span>
            </button>
          </li>
        ))}
        {hasOlder && sought.trim() !== "" && (
          <li>
            <button type="button" className="button" onClick={() => attempt(() => timeline.loadOlder())}>
              {t.searchOlder}
            </button>
          </li>
        )}
      </ul>
    </Pane>
  );
}

/** The words that are sought stand out. */
function Marked({ text, query }: { readonly text: string; readonly query: string }) {
  const words = query.split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return text;
  const pattern = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  // What a group caught stands at the odd places.
  const parts = text.split(new RegExp(`(${pattern})`, "giu"));
  return parts.map((part, index) => (index % 2 === 0 ? part : <mark key={index}>{part}</mark>));
}
