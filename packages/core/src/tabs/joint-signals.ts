import { MOST_WATCHED } from "../protocol/bounds.ts";
import type { PresenceStatus, Signal } from "../protocol/signals.ts";

/** What many say over one link, as one: the backend hears the sum of what they look at, and the liveliest of how they are. */
export interface JointSignals<Speaker> {
  say(speaker: Speaker, signal: Signal): void;
  /** Looks at nothing any more, and is no way. */
  leave(speaker: Speaker): void;
}

const LIVELIEST_FIRST: readonly PresenceStatus[] = ["online", "away", "offline"];

export function joinSignals<Speaker>(send: (signal: Signal) => void): JointSignals<Speaker> {
  const watched = new Map<Speaker, readonly string[]>();
  const presence = new Map<Speaker, PresenceStatus>();

  const watch = (ids: Iterable<string>): void =>
    send({ type: "watch", conversationIds: [...new Set(ids)].slice(-MOST_WATCHED) });

  const look = (speaker: Speaker, conversationIds: readonly string[]): void => {
    const before = watched.get(speaker) ?? [];
    watched.delete(speaker); // who looked last comes last, and is kept at the bound
    watched.set(speaker, conversationIds);
    const all = [...watched.values()].flat();
    const news = new Set(conversationIds.filter((id) => !before.includes(id)));
    // Who is there is told of what is watched newly; so what others watch already is given up for a moment.
    if (all.filter((id) => news.has(id)).length > news.size) watch(all.filter((id) => !news.has(id)));
    watch(all);
  };

  const appear = (): void => {
    const status = LIVELIEST_FIRST.find((each) => [...presence.values()].includes(each));
    if (status) send({ type: "presence", status });
  };

  return {
    say(speaker, signal) {
      if (signal.type === "watch") return look(speaker, signal.conversationIds);
      if (signal.type === "typing") return send(signal);
      presence.set(speaker, signal.status);
      appear();
    },
    leave(speaker) {
      if (watched.delete(speaker)) watch([...watched.values()].flat());
      if (presence.delete(speaker)) appear();
    },
  };
}
