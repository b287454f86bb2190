const LONGEST_ADDRESS = 2_048;

/** The ports pages are at. */
export const WEB_PORTS: readonly number[] = [80, 443];

/**
 * The address, if it may be asked: of a page over HTTP or HTTPS, at a port where pages are, and without a name or a
 * password in it. Where it leads is looked at when a connection is opened, and not before: a name says nothing about it.
 */
export function admitted(address: string, ports: readonly number[], base?: URL): URL | undefined {
  if (address.length > LONGEST_ADDRESS || !URL.canParse(address, base)) return undefined;
  const url = new URL(address, base);
  const { protocol, port, username, password, href } = url;
  if (href.length > LONGEST_ADDRESS || username !== "" || password !== "") return undefined;
  if (protocol !== "http:" && protocol !== "https:") return undefined;
  const usual = protocol === "http:" ? 80 : 443;
  if (!ports.includes(port === "" ? usual : Number(port))) return undefined;
  url.hash = "";
  return url;
}
