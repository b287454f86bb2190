import { outlived } from "../engine/outlived.ts";
import { refuse } from "../engine/packets.ts";
import type { Erasures } from "../store/erasures.ts";
import type { Refusal } from "../store/store.ts";
import type { TokenHolder } from "./tokens.ts";

type Authenticate = (token: string) => Promise<TokenHolder | Refusal>;

/** Of somebody who was erased only tokens count that were issued afterwards: what their devices still have would bring them back. */
export function notErased(
  authenticate: Authenticate,
  erasures: Erasures | undefined,
  onFailure: (what: string, error: unknown) => void,
): Authenticate {
  if (!erasures) return authenticate;
  return async (token) => {
    const holder = await authenticate(token);
    if ("ok" in holder) return holder;
    try {
      const at = await erasures.of(holder.userId);
      return at === undefined ? holder : (outlived(holder, at) ?? holder);
    } catch (error) {
      onFailure("auth", error);
      return refuse("auth/unavailable", "unable to check the token; the database is away", 5_000);
    }
  };
}
