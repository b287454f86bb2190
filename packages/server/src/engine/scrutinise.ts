import type { Command } from "@tidings/core/protocol";
import type { Judged, Refusal, Submission } from "../store/store.ts";
import { refuse } from "./packets.ts";

/**
 * Looks at what somebody says before it is committed; at once where that needs no time.
 *
 * @param since - when they asked for it, server time in ms.
 */
export type Scrutinise = (
  actorId: string,
  command: Command,
  since: number,
) => Scrutinised | Promise<Scrutinised>;

export interface Scrutinised {
  /** Why it is refused; not remembered. */
  readonly refusal?: Refusal | undefined;
  /** Why it is refused for good, without a look at its conversation; remembered, as what the rules refuse is (D2, D7). */
  readonly obstacle?: Refusal | undefined;
  readonly judged?: Judged | undefined;
}

/** The answer where looking failed. */
export const unjudged: Refusal = refuse(
  "server/unavailable",
  "unable to look at the command; try again",
  1_000,
);

/** The item with what was found; one that is refused already is not looked at. */
export function scrutinised<Item extends Submission & { readonly refusal: Refusal | undefined }>(
  item: Item,
  scrutinise: Scrutinise,
): Item | Promise<Item> {
  if (item.refusal) return item;
  const { context, command, plannedAt = context.at } = item;
  const found = scrutinise(context.actorId, command, plannedAt);
  return found instanceof Promise ? found.then((late) => ({ ...item, ...late })) : { ...item, ...found };
}
