import { createHash } from "node:crypto";

const INLINE = /<script(?![^>]*\ssrc\s*=)[^>]*>([^]*?)<\/script/giu;

/** The directive by which a page may run the scripts it holds itself, by their hashes, and no others. */
export function scriptSource(html: string): string {
  // A browser hashes what it has parsed, where every line ends the same way.
  const scripts = [...html.replace(/\r\n?/gu, "\n").matchAll(INLINE)];
  const hashes = scripts.map(
    ([, script = ""]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`,
  );
  return ["script-src", "'self'", ...hashes].join(" ");
}
