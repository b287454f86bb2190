/** A host in two of the alphabets whose letters look alike. */
const mixed = /\p{sc=Latn}.*[\p{sc=Cyrl}\p{sc=Grek}]|[\p{sc=Cyrl}\p{sc=Grek}].*\p{sc=Latn}/u;

/**
 * An address as the browser will open it, if it may be a link: of a page or a letter, without credentials
 * (`https://bank.example@evil.example`), and with a host that does not mix alphabets (`аpple.com` with a Cyrillic а).
 */
export function addressOf(href: string): string | undefined {
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return undefined;
  }
  const isAllowed = /^(https?|mailto):$/.test(url.protocol) && !url.username && !url.password;
  const host = href.replace(/^[a-z]+:\/*/i, "").replace(/[/\\?#].*/s, ""); // `url.host` is already in ASCII
  return isAllowed && !host.split(".").some((label) => mixed.test(label)) ? url.href : undefined;
}
