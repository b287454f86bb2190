/** `@tidings/core/links`: links, mentions and hashtags. Only those who import this door ship linkifyjs. */
import "linkify-plugin-hashtag";
import "linkify-plugin-mention";
import { init, tokenize } from "linkifyjs";
import { groups } from "../domain/ranges.ts";
import type { TextRange } from "../protocol/records.ts";
import { addressOf } from "./address.ts";
import type { ComposeStep } from "./pipeline.ts";

export interface LinkifyOptions {
  /** The user id behind a name written as `@name`; `undefined` if there is nobody. Default: the name itself. */
  readonly userIdOf?: (name: string) => string | undefined;
  /**
   * The group behind a name written as `@name`: `"here"` for everybody, or a role. Asked before `userIdOf`. Default: `@here`,
   * `@owners`, `@admins`, `@moderators`, `@members`.
   */
  readonly groupOf?: (name: string) => string | undefined;
}

/** Characters looked at. */
const LONGEST_TEXT = 10_000;
/** Longer words are not looked at: linkifyjs takes quadratic time for `a.a.a…` (4 000 characters 64 ms). */
const LONGEST_WORD = 2_048;
/** What the wire takes. */
const MOST_RANGES = 500;
const LONGEST_VALUE = 2_048;

let isReady = false;

/**
 * A step that finds links, mentions and hashtags and notes them as ranges beside the text; the text itself stays as it
 * is. Place it before `validate`. Ranges the draft brings along are kept, and win over what is found at their place.
 *
 * Only `http`, `https` and `mailto` addresses become links, none with credentials (`https://bank.example@evil.example`)
 * and none whose host mixes alphabets (`аpple.com` with a Cyrillic а). `value` is the address as the browser will
 * open it, so a host in another alphabet reads `xn--…` there.
 *
 * linkifyjs keeps its plugins globally: an app that shares this copy of it finds mentions and hashtags too.
 */
export function linkify({
  userIdOf = (name) => name,
  groupOf = usualGroup,
}: LinkifyOptions = {}): ComposeStep {
  const meaningOfName: Naming = (name) => {
    const group = groupOf(name);
    const value = group ?? userIdOf(name);
    return value === undefined ? undefined : { type: group === undefined ? "mention" : "group", value };
  };
  return {
    name: "linkify",
    run(draft) {
      if (!isReady) init(); // again if the app's own use came first: plugins registered later would not count
      isReady = true;
      const given = draft.ranges ?? [];
      const found = rangesIn(draft.text, meaningOfName).filter(
        (range) => !given.some((each) => each.start < range.end && range.start < each.end),
      );
      if (found.length === 0) return draft;
      const ranges = [...given, ...found].sort((one, other) => one.start - other.start);
      return { ...draft, ranges: ranges.slice(0, MOST_RANGES) };
    },
  };
}

type Meaning = Pick<TextRange, "type" | "value">;
/** Whom a name behind an `@` means. */
type Naming = (name: string) => Meaning | undefined;

function rangesIn(text: string, naming: Naming): readonly TextRange[] {
  const ranges: TextRange[] = [];
  // Word by word: nothing found spans white space, and the quadratic cost stays within a word.
  for (const { 0: word, index } of text.slice(0, LONGEST_TEXT).matchAll(/\S+/g)) {
    if (word.length > LONGEST_WORD) continue;
    for (const token of tokenize(word)) {
      const start = token.startIndex();
      const meaning = meaningOf(token, naming);
      if (!meaning || meaning.value.length > LONGEST_VALUE) continue;
      if (meaning.type !== "link" && endsInLetter.test(word.slice(0, start))) continue; // "a@b" mentions nobody
      ranges.push({ ...meaning, start: index + start, end: index + token.endIndex() });
    }
  }
  return ranges;
}

const endsInLetter = /[\p{L}\p{N}_]$/u;

type Token = ReturnType<typeof tokenize>[number];

function meaningOf(token: Token, naming: Naming): Meaning | undefined {
  const text = token.toString();
  switch (token.t) {
    case "url":
    case "email": {
      const value = addressOf(token.toHref("https"));
      return value === undefined ? undefined : { type: "link", value };
    }
    case "mention":
      return naming(text.slice(1));
    case "hashtag":
      return { type: "hashtag", value: text.slice(1) };
    default:
      return undefined;
  }
}

/** `@here`, and the plural of a role. */
function usualGroup(name: string): string | undefined {
  const group = name.toLowerCase();
  if (group === "here") return group;
  return group.endsWith("s") && groups.has(group.slice(0, -1)) ? group.slice(0, -1) : undefined;
}
