/** What is wrong with an address. */
export type Suspicion =
  /** It is on the list of those that are. */
  | "denied"
  /** What stands before an `@` is a name and a password, and reads like the site. */
  | "credentials"
  /** Its name is written in letters of several scripts, or in letters that look like others. */
  | "look-alike"
  /** A number in place of a name. */
  | "numeric"
  /** It says nothing of where it leads. */
  | "shortener"
  /** It is no address of the web. */
  | "unreadable";

export interface SuspicionOptions {
  /** Sites, with all that lie below them: `"evil.example"` means `www.evil.example` too. A list is read once. */
  readonly deny?: readonly string[];
  /** Sites that lead elsewhere; an empty list lets all of them be. Default: the best known ones. */
  readonly shorteners?: readonly string[];
  /** Reads `xn--` names. Default: what is written is looked at, and any `xn--` name is a look-alike. */
  readonly toUnicode?: (host: string) => string;
}

const SHORTENERS = [
  "bit.ly",
  "tinyurl.com",
  "t.co",
  "goo.gl",
  "ow.ly",
  "is.gd",
  "buff.ly",
  "rebrand.ly",
].concat(["cutt.ly", "t.ly", "rb.gy", "shorturl.at", "tiny.cc", "v.gd", "s.id", "lnkd.in"]);

/** Scripts that are written together. */
const together: readonly (readonly string[])[] = [
  ["Latin", "Han", "Hiragana", "Katakana"],
  ["Latin", "Han", "Hangul"],
  ["Latin", "Han", "Bopomofo"],
];
const scripts = [
  "Latin",
  "Cyrillic",
  "Greek",
  "Armenian",
  "Hebrew",
  "Arabic",
  "Devanagari",
  "Thai",
  "Cherokee",
]
  .concat(["Georgian", "Han", "Hiragana", "Katakana", "Hangul", "Bopomofo"])
  .map((name) => ({ name, letters: new RegExp(`\\p{Script=${name}}`, "u") }));

/** Letters of other scripts that look like Latin ones: a name of these alone reads like another. */
const latinLooking = /^[асеорхуіјѕӏԁһԛԝьтвнкмгαοικνρτυχօսոցհոᎪᏴᏟᎠᎬᎻᏞᎷᏢᏚᎢᎳ\d-]+$/u;

/** Why an address is not to be trusted; undefined if nothing speaks against it. */
export function suspicionOf(address: string, options: SuspicionOptions = {}): Suspicion | undefined {
  const { deny = [], shorteners = SHORTENERS, toUnicode } = options;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/u.test(url.protocol)) return "unreadable";
  const host = url.hostname.replace(/\.$/u, "");
  if (isAmong(host, deny)) return "denied";
  if (url.username !== "" || url.password !== "") return "credentials";
  if (/^[\d.]+$|^\[/u.test(host)) return "numeric";
  if (isLookAlike(host, toUnicode)) return "look-alike";
  return isAmong(host, shorteners) ? "shortener" : undefined;
}

/** What lists hold, each read once: a list may be long, and so may a text of many addresses. */
const read = new WeakMap<readonly string[], ReadonlySet<string>>();

function isAmong(host: string, sites: readonly string[]): boolean {
  const hosts = read.get(sites) ?? new Set(sites.map(hostOf));
  read.set(sites, hosts);
  const labels = host.split(".");
  return labels.some((_, index) => hosts.has(labels.slice(index).join(".")));
}

/** As an address has it, however it is written in a list. */
function hostOf(site: string): string {
  return URL.canParse(`http://${site}`) ? new URL(`http://${site}`).hostname : site;
}

function isLookAlike(host: string, toUnicode: ((host: string) => string) | undefined): boolean {
  if (!/(?:^|\.)xn--/u.test(host)) return false;
  if (!toUnicode) return true;
  const labels = toUnicode(host).split(".");
  const isLatinSite = /^[a-z]+$/u.test(labels.at(-1) ?? "");
  return labels.some(
    (label) => isMixed(label) || (isLatinSite && /[^\d-]/u.test(label) && latinLooking.test(label)),
  );
}

function isMixed(label: string): boolean {
  const used = scripts.filter(({ letters }) => letters.test(label)).map(({ name }) => name);
  return used.length > 1 && !together.some((group) => used.every((name) => group.includes(name)));
}
