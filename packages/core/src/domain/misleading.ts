/** An address as far as the end of its host, or a name with a dot in it; with what stands behind that. In linear time. */
const named =
  /https?:[/\\]*([^\s/\\?#]+)\S*|(?<![\p{L}\p{M}\p{N}\p{Cf}_-]|[\p{L}\p{M}\p{N}\p{Cf}_-]\.)((?:[\p{L}\p{M}\p{N}\p{Cf}_-]+\.)+\p{L}[\p{L}\p{M}\p{N}\p{Cf}-]+)\.?(@|[/\\?#:]\S*)?/giu;
/** Without what ends a sentence, or sets a host off. */
const asFarAsALetter = /^.*[\p{L}\p{M}\p{N}]/su;
/** What files and libraries end in, and no host on the internet: `Node.js`, `report.pdf`. None of IANA's top-level domains. */
const ofAFile = /\.(?:[jt]sx?|json|html?|css|csv|txt|xml|ya?ml|pdf|docx|xlsx|png|jpe?g|gif|svg)$/i;

/**
 * Does a text name another host than the one it leads to? `Go to https://bank.example` above `https://evil.example` is a
 * lie wherever in the text the name stands.
 *
 * @param address - `http:`, `https:` or `mailto:`
 */
export function isMisleading(text: string, address: string): boolean {
  const isLetter = /^mailto:/i.test(address);
  const real = hostOf(isLetter ? address.replace(/^mailto:[^?]*@|^mailto:|\?.*$/gis, "") : address);
  return Array.from(text.normalize("NFKC").matchAll(named)).some(([, authority, name, behind]) => {
    if (isLetter && behind === "@") return false; // before the @ stands who it is for
    const written = asFarAsALetter.exec(authority ?? name ?? "")?.[0];
    if (written === undefined || (!authority && !behind && ofAFile.test(written))) return false;
    const said = hostOf(written);
    return said === undefined || said !== real || behind === "@";
  });
}

/** As a browser reads it, without a name and a password before it: those make one believe in another. */
function hostOf(address: string): string | undefined {
  const written = /^https?:/i.test(address) ? address : `http://${address}`;
  if (!URL.canParse(written)) return undefined;
  const { hostname, username, password } = new URL(written);
  return username || password ? undefined : hostname.replace(/\.$/, "");
}
