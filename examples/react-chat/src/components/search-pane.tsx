import type { SearchMatch } from "@tidings/react";
import { useConversations, useSearch } from "@tidings/react";
import { useState } from "react";
import { useChatActions } from "../lib/chat-actions.ts";
import { startOfLocal } from "../lib/days.ts";
import { nameOf, textOf, titleOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Avatar } from "./avatar.tsx";
import { Pane } from "./pane.tsx";
import { filterOf, findsNothing, nothingSought, SearchFilters } from "./search-filters.tsx";
import { useAttempt } from "./toasts.tsx";
import "../styles/search.css";

interface SearchPaneProps {
  readonly conversationId: string;
  readonly onClose: () => void;
}

/** Finds messages here or everywhere: on the device at once, at the server a moment later. */
export function SearchPane({ conversationId, onClose }: SearchPaneProps) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const { chooseDay } = useChatActions();
  const [sought, setSought] = useState(nothingSought);
  const filter = filterOf(sought, conversationId);
  const { items, isSearching, progress, backend, hasMore, more } = useSearch(filter);
  const isSought = !findsNothing(sought);
  const isNarrowed = sought.from !== "" || sought.to !== "";
  const searching = progress?.total ? t.searchReading(progress.done, progress.total) : t.searching;
  const state = isSearching ? searching : items.length > 0 ? t.results(items.length) : t.noResults;
  return (
    <Pane title={t.search} onClose={onClose}>
      <form className="pane-search" role="search" onSubmit={(event) => event.preventDefault()}>
        <input
          type="search"
          className="text-input"
          aria-label={t.search}
          placeholder={t.searchHint}
          value={sought.text}
          onChange={({ target: { value: text } }) => setSought((before) => ({ ...before, text }))}
        />
        <SearchFilters
          {...{ conversationId, sought }}
          onChange={(change) => setSought((before) => ({ ...before, ...change }))}
        />
        <button
          type="button"
          className="link"
          aria-haspopup="dialog"
          onClick={() => chooseDay(startOfLocal(sought.from) || Date.now())}
        >
          {t.goToDay} …
        </button>
        <p className="hint" role="status">
          {isSought ? state : isNarrowed && t.searchNeedsMore}
          {isSought && (backend === "offline" || backend === "failed") && ` · ${t.searchedHere}`}
        </p>
      </form>
      <ul className="pane-body results">
        {items.map((each) => (
          <Result key={each.message.id} found={each} isElsewhere={sought.isEverywhere} />
        ))}
        {hasMore && (
          <li>
            <button type="button" className="button" onClick={() => attempt(more)}>
              {t.searchOlder}
            </button>
          </li>
        )}
      </ul>
    </Pane>
  );
}

export function Result({
  found,
  isElsewhere,
}: {
  readonly found: SearchMatch;
  readonly isElsewhere: boolean;
}) {
  const { t, format } = useTexts();
  const { jumpTo } = useChatActions();
  const { message, isLocal } = found;
  const place = useConversations().find(({ conversationId }) => conversationId === message.conversationId);
  return (
    <li>
      <button type="button" className="result" onClick={() => jumpTo(message)}>
        <Avatar id={message.authorId} name={message.authorId} />
        <span className="result-text">
          <strong dir="auto">{nameOf(message.authorId)}</strong>{" "}
          {isElsewhere && place && <span className="result-place">{titleOf(place)} </span>}
          <time>{format.shortTime(message.createdAt)}</time>
          {!isLocal && <span className="result-source">{t.onServer}</span>}
          <span className="result-said" dir="auto">
            <Highlighted found={found} />
          </span>
        </span>
      </button>
    </li>
  );
}

/** Enough before the first highlight to see what it is about. */
const LEAD = 40;

/** What is sought stands out, and is not cut off where the text is long. */
function Highlighted({ found: { message, highlights } }: { readonly found: SearchMatch }) {
  const text = textOf(message);
  const first = highlights[0]?.start ?? 0;
  const from = first > 2 * LEAD ? text.indexOf(" ", first - LEAD) + 1 : 0;
  let end = from;
  const parts = highlights.map((highlight) => {
    const before = text.slice(end, highlight.start);
    end = highlight.end;
    return (
      <span key={highlight.start}>
        {before}
        <mark>{text.slice(highlight.start, highlight.end)}</mark>
      </span>
    );
  });
  return [from > 0 && "… ", ...parts, text.slice(end)];
}
