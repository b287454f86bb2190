import type { FastifyRequest } from "fastify";
import { isServiceKey, type ServiceKey } from "../auth/service-keys.ts";
import type { Scope } from "../auth/scopes.ts";
import { isUserId, type TokenHolder } from "../auth/tokens.ts";
import type { Caller } from "../engine/caller.ts";
import { refuse } from "../engine/packets.ts";
import type { Refusal } from "../store/store.ts";
import { SYSTEM } from "../system-actor.ts";

/** Names the user for whom a service key speaks. */
export const ON_BEHALF_HEADER = "tidings-user";

/** Who asks over HTTP. */
export interface Asker {
  /** As whom commands are given; absent for a key that may speak for nobody here. */
  readonly caller?: Caller;
  readonly scopes: ReadonlySet<Scope>;
  /** The name of the service key that was used. */
  readonly key?: string;
  /** Whose token was used, for whomever they speak. */
  readonly holder?: string;
}

/** Who it was, for the audit log. */
export function actorOf({ key, holder }: Asker): string {
  return key ?? holder ?? SYSTEM;
}

export interface CallerOptions {
  readonly authenticate: (token: string) => Promise<TokenHolder | Refusal>;
  readonly findKey: (presented: string) => ServiceKey | undefined;
}

/** Whom a request speaks for: its token's user, the user a service key names, or the server itself. */
export function createCallers({
  authenticate,
  findKey,
}: CallerOptions): (request: FastifyRequest) => Promise<Asker | Refusal> {
  return async ({ headers }) => {
    const [, credential] = /^Bearer +([^\s]+)$/iu.exec(headers.authorization ?? "") ?? [];
    if (credential === undefined)
      return refuse("auth/required", "unable to answer; the request brought no token");
    const named = headers[ON_BEHALF_HEADER];
    const onBehalfOf = typeof named === "string" ? decode(named) : undefined;
    if (isServiceKey(credential)) {
      const found = findKey(credential);
      if (!found) return refuse("auth/invalid", "unable to accept the key; this server does not know it");
      return byKey({ scopes: new Set(found.scopes), key: found.name }, onBehalfOf);
    }
    const holder = await authenticate(credential);
    if ("ok" in holder) return holder;
    const { userId, scopes, rateFactor } = holder;
    if (onBehalfOf !== undefined && onBehalfOf !== userId)
      return onBehalf({ scopes, holder: userId }, onBehalfOf);
    return { scopes, holder: userId, caller: { userId, ...(rateFactor !== undefined && { rateFactor }) } };
  };
}

function byKey(asker: Asker, onBehalfOf: string | undefined): Asker | Refusal {
  if (onBehalfOf !== undefined) return onBehalf(asker, onBehalfOf);
  return asker.scopes.has("system") ? { ...asker, caller: { userId: SYSTEM, isSystem: true } } : asker;
}

function onBehalf(asker: Asker, userId: string): Asker | Refusal {
  if (!asker.scopes.has("act")) return lacking("act");
  if (!isUserId(userId))
    return refuse("command/malformed", `unable to act; ${ON_BEHALF_HEADER} names no user`);
  return { ...asker, caller: { userId } };
}

export function lacking(scope: Scope): Refusal {
  return refuse("permission/denied", `unable to go on; the scope "${scope}" is missing`);
}

/** To read a conversation is to be in it, for backends too: there is no other way to look inside (D8). */
export const readsForNobody: Refusal = refuse(
  "permission/denied",
  "unable to read; say in Tidings-User with whose eyes",
);

/** Headers hold ASCII: other characters come percent-encoded. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
