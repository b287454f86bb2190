import type { Suggestion } from "@tidings/core/bindings";
import type { UseComposer } from "@tidings/react";
import { nameOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Avatar } from "./avatar.tsx";

interface SuggestionsProps {
  readonly id: string;
  readonly composer: Pick<UseComposer, "suggestions" | "active" | "choose" | "inputRef">;
}

/** Whom `@` may mean, what `#` may become, and which emoji `:`. The focus stays in the input; arrows choose. */
export function Suggestions({ id, composer }: SuggestionsProps) {
  const { t } = useTexts();
  const { suggestions, active, choose, inputRef } = composer;
  const isEmoji = suggestions[0]?.type === "emoji";
  return (
    <div
      className="suggestions"
      id={id}
      role="listbox"
      aria-label={isEmoji ? t.emojiSuggestions : t.suggestions}
    >
      {suggestions.map((suggestion, index) => (
        <div
          key={suggestion.value}
          id={`${id}-${index}`}
          role="option"
          className="suggestion"
          aria-selected={index === active}
          // Before the input loses the focus.
          onMouseDown={(event) => {
            event.preventDefault();
            choose(suggestion);
            inputRef.current?.focus();
          }}
        >
          <Suggested {...suggestion} />
        </div>
      ))}
    </div>
  );
}

function Suggested({ type = "mention", value, label = value }: Suggestion) {
  switch (type) {
    case "mention":
      return (
        <>
          <Avatar id={value} name={value} />
          {nameOf(label)}
        </>
      );
    case "emoji":
      return (
        <>
          <span className="suggested-emoji" aria-hidden="true">
            {value}
          </span>
          :{label}:
        </>
      );
    case "group":
      return `@${label}`;
    case "hashtag":
      return `#${label}`;
  }
}
