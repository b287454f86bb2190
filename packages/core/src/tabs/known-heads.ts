import type { LinkEvent } from "../ports/transport.ts";
import { MOST_HEADS } from "../protocol/bounds.ts";
import type { Ack, Change, Head } from "../protocol/changes.ts";

/** Where conversations stand, as far as one link has told: what a welcome owes to whoever comes later (D4). */
export interface KnownHeads {
  hear(event: LinkEvent): void;
  /** One's own command: its changes come with the ack, and with no event. */
  acked(ack: Ack): void;
  /** Those that moved last, at most as many as a welcome may hold. */
  all(): readonly Head[];
}

export function createKnownHeads(): KnownHeads {
  const known = new Map<string, Head>(); // moved last, last

  const raise = ({ conversationId, rev, seq }: Head): void => {
    const before = known.get(conversationId) ?? { rev: 0, seq: 0 };
    known.delete(conversationId);
    known.set(conversationId, {
      conversationId,
      rev: Math.max(rev, before.rev),
      seq: Math.max(seq, before.seq),
    });
    if (known.size <= MOST_HEADS) return;
    const [longestAgo] = known.keys();
    if (longestAgo !== undefined) known.delete(longestAgo);
  };

  const changed = ({ conversationId, rev, record }: Change): void =>
    raise({ conversationId, rev, seq: record.type === "message" ? record.seq : 0 });

  return {
    hear(event) {
      if (event.type === "welcome") event.welcome.heads.toReversed().forEach(raise);
      else if (event.type === "heads") event.heads.forEach(raise);
      else if (event.type === "change") changed(event.change);
    },
    acked: ({ changes }) => changes.forEach(changed),
    all: () => [...known.values()].toReversed(),
  };
}
