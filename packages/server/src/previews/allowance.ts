import { BlockList, isIP } from "node:net";
import { literalOf } from "./disguised.ts";

/** Addresses of one's own networks that may be asked, as they are met. */
export interface Allowance {
  /** Those met of late, one by one: the filter of addresses takes a network of one family for a mistake at each of the other. */
  readonly met: string[];
  /** About to be looked at by the filter. */
  meet(host: string): void;
}

const MOST_MET = 1_000;

/** @param addresses - as `"10.0.0.7"` or `"10.0.0.0/8"`. */
export function createAllowance(addresses: readonly string[]): Allowance {
  const allowed = new BlockList();
  for (const each of addresses) {
    const [net = "", bits] = each.split("/");
    if (bits === undefined) allowed.addAddress(net, familyOf(net));
    else allowed.addSubnet(net, Number(bits), familyOf(net));
  }
  const met: string[] = [];
  return {
    met,
    meet(host) {
      const address = literalOf(host);
      if (isIP(address) === 0 || met.includes(address) || !allowed.check(address, familyOf(address))) return;
      met.push(address);
      if (met.length > MOST_MET) met.shift();
    },
  };
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
