import { MessagingError } from "../errors/messaging-error.ts";
import { normalise } from "./normalise.ts";
import type { ComposeStep } from "./pipeline.ts";
import { validate } from "./validate.ts";

/** `normalise`, then `validate`: what every message needs, and nothing that needs a DOM. */
export function defaultSteps(): readonly ComposeStep[] {
  return [normalise, validate];
}

/**
 * The same steps with one more beside, or another instead of, the one called `name`.
 *
 * @throws {MessagingError} `client/misused` if there is none of that name: a check that silently never runs is worse
 *   than none.
 *
 * @example
 * ```ts fragment
 * createClient({ transport, compose: placeStep(defaultSteps(), "before", "validate", noSwearing) });
 * ```
 */
export function placeStep(
  steps: readonly ComposeStep[],
  where: "before" | "after" | "instead of",
  name: string,
  step: ComposeStep,
): readonly ComposeStep[] {
  const index = steps.findIndex((each) => each.name === name);
  if (index < 0) {
    throw new MessagingError("client/misused", {
      message: `unable to place step "${step.name}"; there is no step "${name}"`,
    });
  }
  return steps.toSpliced(where === "after" ? index + 1 : index, where === "instead of" ? 1 : 0, step);
}
