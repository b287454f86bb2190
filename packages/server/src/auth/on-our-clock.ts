import { toSystemTime } from "../gateway/system-clock.ts";
import type { Refusal } from "../store/store.ts";
import type { TokenHolder } from "./tokens.ts";

type Authenticate = (token: string) => Promise<TokenHolder | Refusal>;

/** Tokens end by the machine's clock, which may be set while a link lives. */
export function onOurClock(authenticate: Authenticate): Authenticate {
  return async (token) => {
    const identity = await authenticate(token);
    if ("ok" in identity || identity.expiresAt === undefined) return identity;
    return { ...identity, expiresAt: toSystemTime(identity.expiresAt) };
  };
}
