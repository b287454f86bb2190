import type { ComposerState, KeyPress } from "./composer-types.ts";

/** What a key means to a composer. */
export type KeyIntent = "send" | "choose" | "next" | "previous" | "dismiss" | "cancel" | "edit-last";

/** The meaning of a key as things stand; `undefined` leaves it to the input. */
export function intentOf(
  { key, shiftKey = false, isComposing = false }: KeyPress,
  { suggestions, about, text }: Pick<ComposerState<unknown>, "suggestions" | "about" | "text">,
): KeyIntent | undefined {
  if (isComposing) return undefined;
  const isChoosing = suggestions.length > 0;
  switch (key) {
    case "Enter":
      if (shiftKey) return undefined;
      return isChoosing ? "choose" : "send";
    case "Tab":
      return isChoosing && !shiftKey ? "choose" : undefined;
    case "Escape":
      if (isChoosing) return "dismiss";
      return about ? "cancel" : undefined;
    case "ArrowDown":
      return isChoosing ? "next" : undefined;
    case "ArrowUp":
      if (isChoosing) return "previous";
      return text === "" && !about ? "edit-last" : undefined;
    default:
      return undefined;
  }
}
