import type { LinkEvent } from "../ports/transport.ts";

/** What is known of conversations at the moment. */
export interface Known {
  /** Up to which revision everything is known. */
  rev(conversationId: string): number | undefined;
  /** It is on show, and lacks something. */
  isLacking(conversationId: string): boolean;
}

/** Notices what came twice, and what did not come. */
export interface Gaps {
  readonly duplicates: number;
  readonly noticed: number;
  before(events: readonly LinkEvent[]): void;
  after(events: readonly LinkEvent[], at: number): void;
  /** Since when each that is open has been. */
  open(): readonly number[];
}

export function createGaps(known: Known): Gaps {
  const since = new Map<string, number>();
  let duplicates = 0;
  let noticed = 0;

  const fill = (): void => {
    for (const conversationId of since.keys())
      if (!known.isLacking(conversationId)) since.delete(conversationId);
  };

  return {
    get duplicates() {
      return duplicates;
    },
    get noticed() {
      return noticed;
    },
    before(events) {
      const arriving = new Set<string>(); // of those that come at once none is known yet
      for (const event of events) {
        if (event.type !== "change") continue;
        const { conversationId, rev } = event.change;
        const name = `${rev} ${conversationId}`;
        if (arriving.has(name) || rev <= (known.rev(conversationId) ?? 0)) duplicates += 1;
        arriving.add(name);
      }
    },
    after(events, at) {
      fill();
      for (const conversationId of new Set(events.flatMap(conversationsOf))) {
        if (since.has(conversationId) || !known.isLacking(conversationId)) continue;
        since.set(conversationId, at);
        noticed += 1;
      }
    },
    open() {
      fill();
      return [...since.values()];
    },
  };
}

function conversationsOf(event: LinkEvent): readonly string[] {
  if (event.type === "change") return [event.change.conversationId];
  return event.type === "heads" ? event.heads.map(({ conversationId }) => conversationId) : [];
}
