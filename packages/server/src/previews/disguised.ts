import { lookup as systemLookup } from "node:dns";
import { BlockList, isIPv6, type LookupFunction } from "node:net";

/** An IPv4 address behind 96 zeros, which nobody routes and the filter of addresses takes for one like any other. */
const compatible = new BlockList();
compatible.addSubnet("::", 96, "ipv6");

/** Is this literal, as it stands in an address, another address in disguise? */
export function isDisguised(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/u, "$1");
  return isIPv6(address) && compatible.check(address, "ipv6");
}

/** The same, refusing names that lead to one. */
export function undisguised(lookup: LookupFunction = systemLookup): LookupFunction {
  return (name, options, done) =>
    lookup(name, options, (error, found, family) => {
      const addresses = typeof found === "string" ? [found] : (found ?? []).map(({ address }) => address);
      if (!error && addresses.some(isDisguised)) done(new Error(`${name} is not allowed`), [], family);
      else done(error, found, family);
    });
}
