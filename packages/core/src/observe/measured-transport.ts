import type { Clock } from "../base/clock.ts";
import type { Link, LinkEvent, Transport } from "../ports/transport.ts";
import type { Query } from "../protocol/queries.ts";
import type { Observer } from "./observation.ts";
import { timed } from "./timed.ts";

/** The same transport, seen. */
export function measuredTransport(transport: Transport, clock: Clock, tell: Observer): Transport {
  return {
    get supports() {
      return transport.supports;
    },
    open(request, signal) {
      const receive = (events: readonly LinkEvent[]): void => {
        const begunAt = clock.now();
        tell({ type: "arriving", at: begunAt, events });
        request.receive(events);
        const at = clock.now();
        tell({ type: "arrived", at, tookMs: at - begunAt, events });
        for (const event of events)
          if (event.type === "closed") tell({ type: "closed", at, code: event.reason.code });
      };
      const opening = (): Promise<Link> => transport.open({ ...request, receive }, signal);
      return timed(clock, opening, (took, error) => tell({ type: "opened", ...took, error })).then((link) =>
        measuredLink(link, clock, tell),
      );
    },
  };
}

function measuredLink(link: Link, clock: Clock, tell: Observer): Link {
  const { refresh } = link;
  return {
    submit(command) {
      tell({ type: "submit", at: clock.now(), command });
      return timed(
        clock,
        () => link.submit(command),
        (took, error) => tell({ type: "answer", ...took, command, error }),
      );
    },
    query: (query) =>
      timed(
        clock,
        () => link.query(query),
        (took, error) => {
          tell({ type: "query", ...took, query: query.type, isNewest: isNewestPage(query), error });
        },
      ),
    signal: (signal) => link.signal(signal),
    ping: () => link.ping(),
    ...(refresh && { refresh: (token) => refresh.call(link, token) }),
    close: () => link.close(),
  };
}

function isNewestPage(query: Query): boolean {
  if (query.type !== "history") return false;
  return [query.before, query.after, query.around].every((edge) => edge === undefined);
}
