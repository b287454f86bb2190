import { createHash } from "node:crypto";
import { BoundedMap } from "../bounded-map.ts";
import { addressesIn } from "./addresses.ts";
import type { ModeratedDraft, ModerationContext, Moderator, Verdict } from "./moderator.ts";
import { pass } from "./moderator.ts";
import { plainTextOf } from "./plain-text.ts";

export interface SpamOptions {
  /** Default `"flag"`. */
  readonly action?: "flag" | "refuse";
  /** So often one says the same within `withinMs`, wherever. Default 3. */
  readonly mostRepetitions?: number;
  /** So many messages within `withinMs`, wherever. Default 30. */
  readonly mostMessages?: number;
  /** Default a minute. */
  readonly withinMs?: number;
  /** Addresses in one message. Default 5. */
  readonly mostLinks?: number;
  /** Since when there is an account, server time in ms; undefined: not known, and so not new. Default: nobody is new. */
  readonly createdAt?: (userId: string) => number | undefined | Promise<number | undefined>;
  /** So long an account is new: it may say a third as much, and one address. Default a day. */
  readonly newForMs?: number;
}

interface Utterance {
  readonly at: number;
  /** The same for the same words, however long; empty of what is said again all the time. */
  readonly mark: string;
}

/** People whose last messages are remembered (D9), and how many of each. */
const MOST_AUTHORS = 20_000;
const MOST_UTTERANCES = 100;
/** Shorter texts are said again all the time: "ok", "yes". */
const SHORTEST_REPEATED = 12;
const NEW_SHARE = 3;

/**
 * Finds repetition, floods, too many addresses, and less of each from new accounts. What it remembers, it remembers of the
 * messages of its own server process.
 */
export function spam(options: SpamOptions = {}): Moderator {
  const { action = "flag", createdAt, newForMs = 86_400_000 } = options;
  const recent = new BoundedMap<string, readonly Utterance[]>(MOST_AUTHORS);
  const judge = (draft: ModeratedDraft, context: ModerationContext, isNew: boolean): Verdict => {
    const found = faultOf(draft, context, bounds(options, isNew), recent);
    if (!found) return pass;
    return action === "refuse"
      ? { type: "refuse", reason: `spam: ${found}` }
      : { type: "flag", reason: `spam: ${found}`, score: isNew ? 0.9 : 0.7 };
  };
  return (draft, context) => {
    const isNew = (since: number | undefined): boolean =>
      since !== undefined && context.at - since < newForMs;
    const since = createdAt?.(context.authorId);
    if (since instanceof Promise) return since.then((known) => judge(draft, context, isNew(known)));
    return judge(draft, context, isNew(since));
  };
}

type Bounds = Required<Pick<SpamOptions, "mostRepetitions" | "mostMessages" | "withinMs" | "mostLinks">>;

function bounds(options: SpamOptions, isNew: boolean): Bounds {
  const { mostRepetitions = 3, mostMessages = 30, withinMs = 60_000, mostLinks = 5 } = options;
  if (!isNew) return { mostRepetitions, mostMessages, withinMs, mostLinks };
  const less = Math.max(1, Math.floor(mostMessages / NEW_SHARE));
  return { mostRepetitions: Math.min(mostRepetitions, 2), mostMessages: less, withinMs, mostLinks: 1 };
}

function faultOf(
  { text, ranges }: ModeratedDraft,
  { authorId, at, isEdit }: ModerationContext,
  { mostRepetitions, mostMessages, withinMs, mostLinks }: Bounds,
  recent: BoundedMap<string, readonly Utterance[]>,
): string | undefined {
  const mark = markOf(text);
  const before = (recent.get(authorId) ?? []).filter((each) => each.at > at - withinMs);
  if (!isEdit) recent.set(authorId, [...before, { at, mark }].slice(-MOST_UTTERANCES));
  if (addressesIn(text, ranges).length > mostLinks) return "links";
  if (isEdit) return undefined;
  if (before.length >= Math.min(mostMessages, MOST_UTTERANCES)) return "flood";
  const same = before.filter((each) => each.mark === mark).length;
  return mark !== "" && same >= mostRepetitions ? "repetition" : undefined;
}

function markOf(text: string): string {
  const said = folded(text);
  return said.length < SHORTEST_REPEATED ? "" : createHash("sha256").update(said).digest("base64");
}

/** As far as it makes a difference: nobody says something else by another capital letter, space or full stop. */
function folded(text: string): string {
  return plainTextOf(text)
    .text.toLowerCase()
    .replace(/[\p{P}\p{S}\s]+/gu, "");
}
