import type { ComposeStep, Draft, Refusal } from "../pipeline.ts";
import { issueOf, refuse } from "../pipeline.ts";
import { type Profanity, profanityFinder, type ProfanityOptions } from "./find-profanity.ts";

export interface ProfanityStepOptions extends ProfanityOptions {
  /** What happens to a draft with such a word. Default `"mask"`. */
  readonly action?: "flag" | "mask" | "refuse";
  /**
   * Of `"flag"`: asks the person, with the words as they stand there. False leaves it in the composer, as `draft/refused`.
   * Absent: it is sent.
   */
  readonly proceed?: (words: readonly string[], draft: Draft) => boolean | Promise<boolean>;
}

/**
 * A compose step for obscene words (English): `"mask"` puts stars in their place, `"refuse"` leaves the draft in the composer and
 * says which they are, `"flag"` asks. It looks at the text and at the options of a poll, and goes behind the step that brings the
 * text into one form. A server judges by itself what comes from whichever client.
 */
export function profanityStep({
  action = "mask",
  proceed = () => true,
  ...options
}: ProfanityStepOptions = {}): ComposeStep {
  const find = profanityFinder(options);
  return {
    name: "profanity",
    run(draft, { isRehearsal }) {
      const said = [draft.text, ...(draft.poll?.options ?? [])];
      const found = said.flatMap((text) => find(text).map(({ start, end }) => text.slice(start, end)));
      const words = [...new Set(found)];
      if (words.length === 0) return draft;
      if (action === "mask") return masked(draft, find);
      if (action === "refuse") return refused(`Leave out: ${words.join(", ")}.`);
      if (isRehearsal) return draft; // nobody is asked while they type
      const answer = proceed(words, draft);
      const settle = (isWanted: boolean): Draft | Refusal =>
        isWanted ? draft : refused("Change what was pointed out, or send it all the same.");
      return answer instanceof Promise ? answer.then(settle) : settle(answer);
    },
  };
}

function refused(suggestion: string): Refusal {
  return refuse(issueOf("draft/refused", suggestion));
}

/** All else keeps its place. What touches such a word means nothing any more: a link would tell what is covered. */
function masked(draft: Draft, find: (text: string) => readonly Profanity[]): Draft {
  const found = find(draft.text);
  const { ranges, poll, ...others } = draft;
  const left = ranges?.filter(
    (range) => !found.some(({ start, end }) => range.start < end && start < range.end),
  );
  return {
    ...{ ...others, text: starred(draft.text, found) },
    ...(left && { ranges: left }),
    ...(poll && { poll: { ...poll, options: poll.options.map((text) => starred(text, find(text))) } }),
  };
}

/** As many stars as units, so that nothing moves. Spaces stay. */
function starred(text: string, found: readonly Profanity[]): string {
  let clean = text;
  for (const { start, end } of found)
    clean =
      clean.slice(0, start) +
      clean.slice(start, end).replace(/\S/gu, (sign) => "*".repeat(sign.length)) +
      clean.slice(end);
  return clean;
}
