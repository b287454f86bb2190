import { hitOf, searchPlan } from "../../domain/search.ts";
import type { ParticipantRecord } from "../../protocol/records.ts";
import type { SearchFilter, SearchHit } from "../../protocol/search.ts";
import type { TimelineView } from "../../timeline/view.ts";
import { type Chunk, chunksOf } from "./chunks.ts";

/** A conversation to look through. */
export interface Place {
  readonly view: TimelineView;
  readonly self: Pick<ParticipantRecord, "userId" | "role">;
}

/**
 * What is found in conversations, of each the newest, `limit` at most. Yields now and then, so that who looks may pause.
 *
 * A plain walk from the newest on, which ends where enough was found. An inverted index finds rare words sooner, but has to
 * rank all messages with a frequent one, and takes several times as long for them (`npm run bench -- search`).
 */
export function* walk(
  places: readonly Place[],
  filter: SearchFilter,
  limit: number,
): Generator<undefined, readonly SearchHit[]> {
  const hits: SearchHit[] = [];
  for (const { view, self } of places) {
    const terms = searchPlan(filter, self.userId)?.terms ?? [];
    const needles = terms.map(({ text, isPrefix }) => ` ${text}${isPrefix ? "" : " "}`);
    const most = hits.length + limit;
    for (const chunk of chunksOf(view)) {
      const found = hitsIn(chunk, needles).flatMap((message) => hitOf(message, filter, self) ?? []);
      hits.push(...found.slice(0, most - hits.length));
      if (hits.length === most) break;
      yield;
    }
  }
  return hits;
}

/** Those that may be sought: nearly all others are left out, and none that is. */
function hitsIn({ messages, lines, words }: Chunk, needles: readonly string[]): Chunk["messages"] {
  if (!needles.every((needle) => words.includes(needle))) return [];
  return messages.filter((_, index) => needles.every((needle) => lines[index]?.includes(needle)));
}
