import { domainToUnicode } from "node:url";
import { suspicionOf, type SuspicionOptions } from "@tidings/core/domain";
import { addressesIn } from "./addresses.ts";
import type { Moderator, Verdict } from "./moderator.ts";
import { pass } from "./moderator.ts";

export interface LinksOptions extends Pick<SuspicionOptions, "deny" | "shorteners"> {
  /** Default `"flag"`. What is on the deny list is refused in any case. */
  readonly action?: "flag" | "refuse";
}

/** Finds addresses that are not what they seem: look-alike letters, names before an `@`, shorteners, those denied. */
export function links({ action = "flag", ...options }: LinksOptions = {}): Moderator {
  return ({ text, ranges }): Verdict => {
    const found = addressesIn(text, ranges).flatMap(
      (address) => suspicionOf(address, { ...options, toUnicode: domainToUnicode }) ?? [],
    );
    const [first] = found;
    if (first === undefined) return pass;
    const reason = `link: ${found.includes("denied") ? "denied" : first}`;
    if (action === "refuse" || found.includes("denied")) return { type: "refuse", reason };
    return { type: "flag", reason, score: first === "shortener" ? 0.4 : 0.8 };
  };
}
