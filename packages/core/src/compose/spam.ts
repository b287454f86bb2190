import { type Clock, systemClock } from "../base/clock.ts";
import { type ComposeStep, type Draft, issueOf, refuse } from "./pipeline.ts";

export interface SpamOptions {
  /** So often the same may be said within `withinMs`, wherever. Default 3. */
  readonly mostRepetitions?: number;
  /** Default a minute. */
  readonly withinMs?: number;
  /** Links in one message. Default 5. */
  readonly mostLinks?: number;
  readonly clock?: Clock;
}

/** Shorter texts are said again all the time: "ok", "yes". */
const SHORTEST_REPEATED = 12;
const MOST_REMEMBERED = 100;
const written = /https?:\/\/[^\s<>"']+/giu;

/**
 * A compose step that refuses what a server would take for spam, while it can still be changed: the same again and again, and
 * many links at once. It goes behind all others, as it remembers what passes it, of this client alone; a server has its own.
 */
export function spamStep({
  mostRepetitions = 3,
  withinMs = 60_000,
  mostLinks = 5,
  clock = systemClock,
}: SpamOptions = {}): ComposeStep {
  let recent: readonly { readonly said: string; readonly at: number }[] = [];
  return {
    name: "spam",
    run(draft, { isRehearsal }) {
      const actual = linksIn(draft);
      if (actual > mostLinks) {
        const suggestion = `Send fewer links at once: at most ${mostLinks}.`;
        return refuse({ ...issueOf("draft/refused", suggestion), limit: mostLinks, actual });
      }
      const said = folded(draft.text);
      if (said.length < SHORTEST_REPEATED) return draft;
      const at = clock.now();
      recent = recent.filter((each) => each.at > at - withinMs);
      if (recent.filter((each) => each.said === said).length >= mostRepetitions)
        return refuse(issueOf("draft/refused", "You have said this already: say something else, or wait."));
      if (!isRehearsal) recent = [...recent, { said, at }].slice(-MOST_REMEMBERED);
      return draft;
    },
  };
}

/** Marked or not, each once. */
function linksIn({ text, ranges = [] }: Draft): number {
  const marked = ranges.filter(({ type }) => type === "link");
  const others = [...text.matchAll(written)].filter(
    ({ index }) => !marked.some(({ start, end }) => start <= index && index < end),
  );
  return marked.length + others.length;
}

/** As far as it makes a difference: nobody says something else by another capital letter, space or full stop. */
function folded(text: string): string {
  return text.toLowerCase().replace(/[\p{P}\p{S}\s]+/gu, "");
}
