import { MessagingError } from "../errors/messaging-error.ts";
import type { Random } from "../base/random.ts";
import type { Storage } from "../ports/storage.ts";
import type { Core } from "./core.ts";
import type { Session } from "./session.ts";
import type { Client } from "./types.ts";

/** What stands behind a client: for parts of the package that an app may do without, and that clients should not carry. */
export interface Internals {
  readonly core: Core;
  readonly session: Session;
  readonly storage: Storage;
  readonly random: Random;
}

const known = new WeakMap<object, Internals>();

export function remember(client: Client, internals: Internals): Client {
  known.set(client, internals);
  return client;
}

/** @throws {MessagingError} `client/misused` for what `createClient` has not made, such as a copy of a client */
export function internalsOf(client: object): Internals {
  const internals = known.get(client);
  if (internals) return internals;
  const message = "unable to read the client's state; it was not made by createClient, or was copied";
  throw new MessagingError("client/misused", { message });
}
