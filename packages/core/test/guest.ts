import type { CloseReason, Link, LinkEvent, Transport } from "../src/ports/transport.ts";
import type { Ack, Change } from "../src/protocol/changes.ts";
import type { Command } from "../src/protocol/commands.ts";
import { type BareCommand, mint } from "./ledger.ts";

/** Somebody who drives a link by hand, and everything it told. */
export interface Guest {
  readonly link: Link;
  readonly events: readonly LinkEvent[];
  /** The events of each call of `receive`. */
  readonly batches: readonly (readonly LinkEvent[])[];
  changes(): readonly Change[];
  closed(): CloseReason | undefined;
  /** Submits to "general". */
  submit(command: BareCommand): Promise<Ack>;
  say(text: string): Promise<Ack>;
}

export function inGeneral(command: BareCommand): Command {
  return { commandId: mint(), conversationId: "general", at: 1, ...command };
}

export function text(words: string): BareCommand {
  return { type: "message.send", kind: "text", content: { text: words } };
}

export async function enter(
  transport: Transport,
  { token, signal = new AbortController().signal }: { token?: string; signal?: AbortSignal } = {},
): Promise<Guest> {
  const batches: (readonly LinkEvent[])[] = [];
  const receive = (events: readonly LinkEvent[]): void => void batches.push(events);
  const link = await transport.open({ token, clientId: "test", receive }, signal);
  const events = (): readonly LinkEvent[] => batches.flat();
  return {
    link,
    batches,
    get events() {
      return events();
    },
    changes: () => events().flatMap((event) => (event.type === "change" ? [event.change] : [])),
    closed: () => events().flatMap((event) => (event.type === "closed" ? [event.reason] : []))[0],
    submit: (command) => link.submit(inGeneral(command)),
    say: (words) => link.submit(inGeneral(text(words))),
  };
}
