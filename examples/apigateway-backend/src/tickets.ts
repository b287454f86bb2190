import type { Clock } from "@tidings/core";
import { docOf, type Dynamo, expiry, isKept, row } from "@tidings/transport-appsync/backend";

/** Lets a connection in, once, within a minute. An address is written to logs, so it is nothing that is of use later. */
export interface Tickets {
  issue(userId: string): Promise<string>;
  /** @returns whom it was given to; nothing if it is none, is old, or was used before. */
  take(ticket: string): Promise<string | undefined>;
}

const TICKET_MS = 60_000;
const SORT = "T";

const partition = (ticket: string): string => `T#${ticket}`;

export function createTickets(database: Dynamo, clock: Clock): Tickets {
  return {
    async issue(userId) {
      const ticket = crypto.randomUUID();
      const item = { ...row(partition(ticket), SORT, { userId }), ...expiry(clock.now() + TICKET_MS) };
      await database.write([{ item }]);
      return ticket;
    },
    async take(ticket) {
      if (ticket === "") return undefined;
      const key = { pk: partition(ticket), sk: SORT };
      const [found] = await database.get([key]);
      if (!found || !isKept(found, clock.now())) return undefined;
      const condition = { expression: "attribute_exists(pk)" };
      const isFirst = await database.write([{ remove: key, condition }]);
      const { userId }: { readonly userId: string } = docOf(found);
      return isFirst ? userId : undefined;
    },
  };
}
