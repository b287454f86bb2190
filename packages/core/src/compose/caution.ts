/** `@tidings/core/caution`: a look at what is about to be sent, while it can still be changed. */
import { suspicionOf, type Suspicion, type SuspicionOptions } from "../domain/suspicion.ts";
import { type ComposeStep, type Draft, issueOf, refuse } from "./pipeline.ts";

export { type SpamOptions, spamStep } from "./spam.ts";
export type { Suspicion, SuspicionOptions } from "../domain/suspicion.ts";

/** Something a person should look at again. */
export interface Caution {
  /** What is wrong with a link, or a word of the app's own. */
  readonly reason: Suspicion | (string & {});
  /** What it is about, as it stands in the text. */
  readonly value?: string;
}

export interface CautionOptions extends SuspicionOptions {
  /** The app's own checks, beside those of links. */
  readonly check?: (draft: Draft) => readonly Caution[] | Promise<readonly Caution[]>;
  /** Asks the person. True sends it all the same; false leaves it in the composer, as `draft/refused`. */
  readonly proceed: (cautions: readonly Caution[], draft: Draft) => boolean | Promise<boolean>;
}

/**
 * A compose step that warns before something is sent: of links that are not what they seem, and of whatever `check` finds.
 * It goes behind the step that finds links. Nothing is asked where there is nothing to warn of.
 */
export function cautionStep({ check, proceed, ...options }: CautionOptions): ComposeStep {
  const ask = (cautions: readonly Caution[], draft: Draft): ReturnType<ComposeStep["run"]> => {
    if (cautions.length === 0) return draft;
    const isWanted = proceed(cautions, draft);
    return isWanted instanceof Promise
      ? isWanted.then((later) => answer(draft, later))
      : answer(draft, isWanted);
  };
  return {
    name: "caution",
    run(draft) {
      const own = linksIn(draft, options);
      const more = check?.(draft) ?? [];
      return more instanceof Promise
        ? more.then((later) => ask([...own, ...later], draft))
        : ask([...own, ...more], draft);
    },
  };
}

function answer(draft: Draft, isWanted: boolean): ReturnType<ComposeStep["run"]> {
  return isWanted
    ? draft
    : refuse(issueOf("draft/refused", "Change what was pointed out, or send it all the same."));
}

/** What has a scheme is looked at whether it was found to be a link or not: some are not, for what is wrong with them. */
const written = /https?:\/\/[^\s<>"']+/giu;

function linksIn({ text, ranges = [] }: Draft, options: SuspicionOptions): readonly Caution[] {
  const addresses = new Map<string, string>();
  for (const [value] of text.matchAll(written)) addresses.set(value.replace(/[.,;:!?)]+$/u, ""), value);
  for (const { type, start, end, value } of ranges)
    if (type === "link" && /^https?:/iu.test(value)) addresses.set(text.slice(start, end), value);
  return [...addresses].flatMap(([value, address]) => {
    const reason = suspicionOf(address, options);
    return reason ? [{ reason, value }] : [];
  });
}
