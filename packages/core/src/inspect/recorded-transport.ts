import type { Tabs } from "../ports/tabs.ts";
import type { Link, LinkEvent, Transport } from "../ports/transport.ts";
import type { HistoryQuery, Query, QueryOf, QueryResults, QueryType } from "../protocol/queries.ts";
import { type Asked, sizeOf, type Tape } from "./recorder.ts";

/** The same transport, on tape. */
export function recordedTransport(transport: Transport, tape: Tape): Transport {
  let links = 0;
  return {
    get supports() {
      return transport.supports;
    },
    async open(request, signal) {
      const link = ++links;
      const receive = (events: readonly LinkEvent[]): void => {
        tape.note({ type: "heard", link, size: sizeOf(events), events: events.map(withoutProse(tape)) });
        request.receive(events);
      };
      const opened = await tape.ask(
        { port: "transport", call: "open", link, key: "" },
        () => transport.open({ ...request, receive }, signal),
        ({ refresh }) => ({ canRefresh: refresh !== undefined }),
      );
      return recordedLink(opened, link, tape);
    },
  };
}

/** Of tabs that share a link, each records what it has of it. */
export function recordedTabs(tabs: Tabs, tape: Tape): Tabs {
  return {
    join(member) {
      const { living, leave, transport } = tabs.join(member);
      return { living, leave, transport: recordedTransport(transport, tape) };
    },
  };
}

/** Why a link ended is a code; what a server says beside it may be about somebody. */
function withoutProse({ redact }: Tape): (event: LinkEvent) => LinkEvent {
  return (event) => {
    if (event.type !== "closed") return redact(event);
    const { message: _, ...reason } = event.reason;
    return { type: "closed", reason };
  };
}

function recordedLink(link: Link, number: number, tape: Tape): Link {
  const { refresh } = link;
  const asked = (call: string, key: string, size?: number): Asked => ({
    ...{ port: "link", call, link: number, key },
    ...(size !== undefined && { size }),
  });
  return {
    submit: (command) =>
      tape.ask(
        asked("submit", `${command.commandId} ${command.type} ${command.conversationId}`, sizeOf(command)),
        () => link.submit(command),
        tape.redact,
      ),
    query: <Type extends QueryType>(query: QueryOf<Type>) =>
      tape.ask<QueryResults[Type]>(
        asked("query", queryKey(query), sizeOf(query)),
        () => link.query(query),
        tape.redact,
      ),
    signal(signal) {
      tape.note({ type: "said", link: number, signal: tape.redact(signal) });
      link.signal(signal);
    },
    ping: () =>
      tape.ask(
        asked("ping", ""),
        () => link.ping(),
        () => undefined,
      ),
    ...(refresh && {
      refresh: (token: string) =>
        tape.ask(
          asked("refresh", ""),
          () => refresh.call(link, token),
          (expiresInMs) => expiresInMs,
        ),
    }),
    close() {
      tape.note({ type: "said", link: number });
      link.close();
    },
  };
}

/** Tells apart what may be asked at once. A page's place is the backend's own and may be anything. */
function queryKey(query: Query): string {
  const place = "conversationId" in query ? query.conversationId : "";
  if (query.type === "history") return `history ${place} ${edgeOf(query)}`;
  if (query.type === "changes") return `changes ${place} >${query.afterRev}`;
  return place === "" ? query.type : `${query.type} ${place}`;
}

function edgeOf({ before, after, around }: HistoryQuery): string {
  if (before !== undefined) return `before ${before}`;
  if (after !== undefined) return `after ${after}`;
  return around === undefined ? "newest" : `around ${around}`;
}
