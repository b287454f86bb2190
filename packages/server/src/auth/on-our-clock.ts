import { toSystemTime } from "../gateway/system-clock.ts";
import type { Refusal } from "../store/store.ts";
import type { TokenHolder } from "./tokens.ts";

type Authenticate = (token: string) => Promise<TokenHolder | Refusal>;

/** Tokens begin and end by the machine's clock, which may be set while a link lives. */
export function onOurClock(authenticate: Authenticate): Authenticate {
  return async (token) => {
    const identity = await authenticate(token);
    if ("ok" in identity) return identity;
    const { expiresAt, issuedAt } = identity;
    return {
      ...identity,
      ...(expiresAt !== undefined && { expiresAt: toSystemTime(expiresAt) }),
      ...(issuedAt !== undefined && { issuedAt: toSystemTime(issuedAt) }),
    };
  };
}
