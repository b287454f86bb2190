import { createHash } from "node:crypto";
import { plainTextOf } from "@tidings/core/profanity";
import { BoundedMap } from "../bounded-map.ts";
import { addressesIn } from "./addresses.ts";
import type { ModeratedDraft, ModerationContext, Moderator, Verdict } from "./moderator.ts";
import { pass } from "./moderator.ts";
import { saidIn } from "./saying.ts";

export interface SpamOptions {
  /** Default `"flag"`. */
  readonly action?: "flag" | "refuse";
  /** In so many messages one says the same within `withinMs`, wherever. Default 3. */
  readonly mostRepetitions?: number;
  /**
   * So many people say the same, at some length or with an address, within `withinMs` in one conversation: hardly friends
   * who wish somebody luck. Default 5.
   */
  readonly mostEchoes?: number;
  /** So many messages and edits within `withinMs`, wherever. Default 30. */
  readonly mostMessages?: number;
  /** Default a minute. */
  readonly withinMs?: number;
  /** Addresses in one message. Default 5. */
  readonly mostLinks?: number;
  /** Since when there is an account, server time in ms; undefined: not known, and so not new. Default: nobody is new. */
  readonly createdAt?: (userId: string) => number | undefined | Promise<number | undefined>;
  /** So long an account is new: it may say a third as much, one address, and what less than two others have said. Default a day. */
  readonly newForMs?: number;
}

interface Utterance {
  readonly at: number;
  readonly authorId: string;
  /** The message that it is, or becomes part of. */
  readonly id: string | symbol;
  /** The same for the same words, however long; empty of what is said again all the time. */
  readonly mark: string;
}

/** People, and conversations, whose last messages are remembered (D9), and how many of each. */
const MOST_PLACES = 20_000;
const MOST_UTTERANCES = 100;
/** Shorter texts are said again all the time: "ok", "yes"; by several people, "happy birthday to you". */
const SHORTEST_REPEATED = 12;
const SHORTEST_ECHOED = 24;
const NEW_SHARE = 3;

type Recent = BoundedMap<string, readonly Utterance[]>;

/**
 * Finds repetition, by one person or by many, floods, too many addresses, and less of each from new accounts; an edit counts
 * as what it takes the place of, and towards a flood. What it remembers, it remembers of the messages of its own server
 * process: of several nodes each counts by itself, so that somebody on all of them at once may say that much more.
 */
export function spam(options: SpamOptions = {}): Moderator {
  const { action = "flag", createdAt, newForMs = 86_400_000 } = options;
  const byAuthor: Recent = new BoundedMap(MOST_PLACES);
  const byConversation: Recent = new BoundedMap(MOST_PLACES);
  const judge = (draft: ModeratedDraft, context: ModerationContext, isNew: boolean): Verdict => {
    const found = faultOf(draft, context, bounds(options, isNew), byAuthor, byConversation);
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

type Bounds = Required<
  Pick<SpamOptions, "mostRepetitions" | "mostEchoes" | "mostMessages" | "withinMs" | "mostLinks">
>;

function bounds(options: SpamOptions, isNew: boolean): Bounds {
  const {
    mostRepetitions = 3,
    mostEchoes = 5,
    mostMessages = 30,
    withinMs = 60_000,
    mostLinks = 5,
  } = options;
  if (!isNew) return { mostRepetitions, mostEchoes, mostMessages, withinMs, mostLinks };
  return {
    mostRepetitions: Math.min(mostRepetitions, 2),
    mostEchoes: Math.min(mostEchoes, 2),
    mostMessages: Math.max(1, Math.floor(mostMessages / NEW_SHARE)),
    ...{ withinMs, mostLinks: 1 },
  };
}

function faultOf(
  draft: ModeratedDraft,
  context: ModerationContext,
  { mostRepetitions, mostEchoes, mostMessages, withinMs, mostLinks }: Bounds,
  byAuthor: Recent,
  byConversation: Recent,
): string | undefined {
  const { authorId, conversationId, messageId: id = Symbol(), at } = context;
  const said = folded(shownIn(draft));
  const addresses = addressesIn(draft.text, draft.ranges).length;
  const mark = said.length < SHORTEST_REPEATED ? "" : createHash("sha256").update(said).digest("base64");
  const utterance = { at, authorId, id, mark };
  const before = noted(byAuthor, authorId, utterance, withinMs);
  const isLong = said.length >= SHORTEST_ECHOED || addresses > 0;
  const around = mark !== "" && isLong ? noted(byConversation, conversationId, utterance, withinMs) : [];
  if (addresses > mostLinks) return "links";
  if (before.length >= Math.min(mostMessages, MOST_UTTERANCES)) return "flood";
  if (mark === "") return undefined;
  // Somebody who corrects a message says it once.
  const same = before.filter((each) => each.mark === mark && each.id !== id).map((each) => each.id);
  if (new Set(same).size >= mostRepetitions) return "repetition";
  const others = around.filter((each) => each.mark === mark && each.authorId !== authorId);
  return new Set(others.map((each) => each.authorId)).size >= mostEchoes ? "echo" : undefined;
}

/** What was said there within the time, before this. */
function noted(recent: Recent, place: string, utterance: Utterance, withinMs: number): readonly Utterance[] {
  const before = (recent.get(place) ?? []).filter(({ at }) => at > utterance.at - withinMs);
  recent.set(place, [...before, utterance].slice(-MOST_UTTERANCES));
  return before;
}

/** Without `custom`: something in it that is another each time does not make the rest something else. */
function shownIn({ text, custom }: ModeratedDraft): string {
  const hidden = custom ? saidIn({ custom }).length : 0;
  return hidden === 0 ? text : text.slice(0, text.length - hidden);
}

/** As far as it makes a difference: nobody says something else by another capital letter, space or full stop. */
function folded(text: string): string {
  return plainTextOf(text)
    .text.toLowerCase()
    .replace(/[\p{P}\p{S}\s]+/gu, "");
}
