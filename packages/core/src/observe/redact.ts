/** Fields that may hold what people wrote, or what lets somebody in. */
const SECRET =
  /token|authori[sz]ation|password|passphrase|secret|cookie|credential|^(text|content|custom|draft|body|jwt)$/i;
/** Values that are secrets whatever their field is called: signed tokens, bearer tokens, parts of addresses. */
const TOKENS =
  /\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?|\bBearer\s+\S+|([?&](?:access_)?(?:token|key|sig|signature|ticket)=)[^&\s]+/gi;

const GONE = "[redacted]";
const LONGEST = 500;
const DEEPEST = 4;
const MOST = 50;

/** A copy of log fields in which no token and nothing that was written is left; long and deep things are cut (D9). */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") {
    const clean = value.replaceAll(TOKENS, (_, __, before: string | undefined) => `${before ?? ""}${GONE}`);
    return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
  }
  if (typeof value === "bigint" || typeof value === "symbol" || typeof value === "function")
    return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEEPEST) return "…";
  if (Array.isArray(value)) return value.slice(0, MOST).map((each) => redact(each, depth + 1));
  if (value instanceof Error) return redact({ name: value.name, message: value.message }, depth);
  const entries = Object.entries(value).slice(0, MOST);
  return Object.fromEntries(
    entries.map(([key, each]) => [key, SECRET.test(key) ? GONE : redact(each, depth + 1)]),
  );
}
