import { MessagingError } from "../errors/messaging-error.ts";
import type { Link, LinkEvent, OpenRequest, Transport } from "../ports/transport.ts";
import type { Ack } from "../protocol/changes.ts";
import type { Command } from "../protocol/commands.ts";

/** What goes wrong, decided anew each time; absent means never. */
export interface LinkFaults {
  /** The command took effect, and its ack is lost with the link. */
  readonly loseAck?: (command: Command) => boolean;
  /** The command travels twice. */
  readonly repeatSubmit?: (command: Command) => boolean;
  /** Something pushed does not arrive though the link is fine. */
  readonly dropEvent?: (event: LinkEvent) => boolean;
  readonly repeatEvent?: (event: LinkEvent) => boolean;
  /** It is held back and delivered after the next that is not. */
  readonly delayEvent?: (event: LinkEvent) => boolean;
}

/** Does to another transport what networks and backends do to real ones. `welcome` and `closed` are left alone. */
export interface FaultyTransport extends Transport {
  /** In force from now on, also for links that are open. */
  inject(faults: LinkFaults): void;
  /** Breaks every open link. */
  cut(): void;
  /** How many links are open. */
  readonly openLinks: number;
}

export function faultyTransport(inner: Transport, initial: LinkFaults = {}): FaultyTransport {
  let faults = initial;
  const cuts = new Set<() => void>();

  const deliver = (request: OpenRequest): OpenRequest["receive"] => {
    let late: LinkEvent[] = [];
    return (events) => {
      const arriving: LinkEvent[] = [];
      for (const event of events) {
        const isSafe = event.type === "welcome" || event.type === "closed";
        if (!isSafe && faults.dropEvent?.(event)) continue;
        if (!isSafe && faults.delayEvent?.(event)) {
          late.push(event);
          continue;
        }
        arriving.push(event, ...(!isSafe && faults.repeatEvent?.(event) ? [event] : []));
        if (event.type !== "closed") arriving.push(...late);
        late = [];
      }
      if (arriving.length > 0) request.receive(arriving);
    };
  };

  const open = async (request: OpenRequest, signal: AbortSignal): Promise<Link> => {
    let isOver = false;
    const receive = deliver(request);
    const end = (): void => {
      isOver = true;
      cuts.delete(cut);
    };
    const link = await inner.open(
      {
        ...request,
        receive(events) {
          if (isOver) return;
          if (events.some((event) => event.type === "closed")) end();
          receive(events);
        },
      },
      signal,
    );
    const cut = (): void => {
      if (isOver) return;
      end();
      link.close();
      request.receive([{ type: "closed", reason: { code: "connection/lost", retryable: true } }]);
    };
    cuts.add(cut);

    const submit = async (command: Command): Promise<Ack> => {
      const answers = [link.submit(command)];
      if (faults.repeatSubmit?.(command)) answers.push(link.submit(command));
      for (const answer of answers) answer.catch(() => {}); // the first is awaited, the others are not ours
      const ack = await answers[0];
      if (ack && !isOver && !faults.loseAck?.(command)) return ack;
      cut();
      throw new MessagingError("connection/lost", { message: "unable to wait for the ack; the link broke" });
    };
    return {
      submit,
      query: (query) => link.query(query),
      signal: (sent) => link.signal(sent),
      ping: () => link.ping(),
      ...(link.refresh && {
        refresh: (token: string) => link.refresh?.(token) ?? Promise.resolve(undefined),
      }),
      close: () => link.close(),
    };
  };

  return {
    supports: inner.supports,
    open,
    inject: (next) => void (faults = next),
    cut: () => [...cuts].forEach((cut) => cut()),
    get openLinks() {
      return cuts.size;
    },
  };
}
