import type { UseComposer } from "@tidings/react";
import { nameOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Avatar } from "./avatar.tsx";

/** Whom `@` may mean, and what `#` may become. The focus stays in the input; arrows choose. */
export function Suggestions({
  id,
  composer,
}: {
  readonly id: string;
  readonly composer: Pick<UseComposer, "suggestions" | "active" | "choose" | "inputRef">;
}) {
  const { t } = useTexts();
  const { suggestions, active, choose, inputRef } = composer;
  return (
    <div className="suggestions" id={id} role="listbox" aria-label={t.suggestions}>
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
          {suggestion.type === undefined ? (
            <>
              <Avatar id={suggestion.value} name={suggestion.value} />
              {nameOf(suggestion.label ?? suggestion.value)}
            </>
          ) : (
            `${suggestion.type === "group" ? "@" : "#"}${suggestion.label ?? suggestion.value}`
          )}
        </div>
      ))}
    </div>
  );
}
