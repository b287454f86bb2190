import { lookup as systemLookup } from "node:dns";
import { BlockList, isIPv6, type LookupFunction } from "node:net";

/** An IPv4 address behind 96 zeros, which nobody routes and the filter of addresses takes for one like any other. */
const compatible = new BlockList();
compatible.addSubnet("::", 96, "ipv6");

/** The host of an address of the web, without the brackets around what has colons. */
export function literalOf(host: string): string {
  return host.replace(/^\[(.*)\]$/u, "$1");
}

/** Is this literal, as it stands in an address, another address in disguise? */
export function isDisguised(host: string): boolean {
  const address = literalOf(host);
  return isIPv6(address) && compatible.check(address, "ipv6");
}

/** The same, refusing names that lead to one. @param meet - told of every address before it is looked at. */
export function undisguised(
  meet: (address: string) => void,
  lookup: LookupFunction = systemLookup,
): LookupFunction {
  return (name, options, done) =>
    lookup(name, options, (error, found, family) => {
      const addresses = typeof found === "string" ? [found] : (found ?? []).map(({ address }) => address);
      addresses.forEach(meet);
      if (!error && addresses.some(isDisguised)) done(new Error(`${name} is not allowed`), [], family);
      else done(error, found, family);
    });
}
