import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Who may, and where. */
export interface S3Account {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** S3's name for what is wrong with a signature. */
export type SignatureFault =
  | "AccessDenied"
  | "InvalidAccessKeyId"
  | "SignatureDoesNotMatch"
  | "RequestTimeTooSkewed"
  | "AuthorizationHeaderMalformed"
  | "AuthorizationQueryParametersError";

interface Claim {
  readonly credential: string;
  readonly date: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly payload: string;
  /** Of a presigned address. */
  readonly expiresInS?: number;
}

const ALGORITHM = "AWS4-HMAC-SHA256";
const SKEW_MS = 15 * 60_000;
const LONGEST_S = 7 * 86_400;

/** Recomputes a signature of version 4, in the header or in the query; undefined if the request may go on. */
export function signatureFault(
  request: IncomingMessage,
  url: URL,
  account: S3Account,
  now: number,
): SignatureFault | undefined {
  const claim = url.searchParams.has("X-Amz-Signature") ? claimInQuery(url) : claimInHeader(request);
  if (!claim) return "AccessDenied";
  const [keyId, day, region, service, end] = claim.credential.split("/");
  if (keyId !== account.accessKeyId) return "InvalidAccessKeyId";
  const isOfHere = region === account.region && service === "s3" && end === "aws4_request";
  if (!isOfHere || day !== claim.date.slice(0, 8)) return "AuthorizationHeaderMalformed";
  const signedAt = timeOf(claim.date);
  const { expiresInS } = claim;
  if (expiresInS === undefined) {
    if (Math.abs(now - signedAt) > SKEW_MS) return "RequestTimeTooSkewed";
  } else {
    if (!(expiresInS > 0 && expiresInS <= LONGEST_S)) return "AuthorizationQueryParametersError";
    if (now < signedAt - SKEW_MS || now >= signedAt + expiresInS * 1_000) return "AccessDenied";
  }
  if (!claim.signedHeaders.includes("host")) return "SignatureDoesNotMatch";
  // All that S3 itself would act on has to be signed.
  const acted = Object.keys(request.headers).filter((name) => name.startsWith("x-amz-"));
  if (acted.some((name) => !claim.signedHeaders.includes(name))) return "AccessDenied";
  const right = Buffer.from(sign(stringToSign(request, url, claim), day, account), "hex");
  const given = Buffer.from(claim.signature, "hex");
  return right.length === given.length && timingSafeEqual(right, given) ? undefined : "SignatureDoesNotMatch";
}

function claimInQuery({ searchParams }: URL): Claim | undefined {
  if (searchParams.get("X-Amz-Algorithm") !== ALGORITHM) return undefined;
  return {
    credential: searchParams.get("X-Amz-Credential") ?? "",
    date: searchParams.get("X-Amz-Date") ?? "",
    signedHeaders: (searchParams.get("X-Amz-SignedHeaders") ?? "").split(";"),
    signature: searchParams.get("X-Amz-Signature") ?? "",
    payload: "UNSIGNED-PAYLOAD",
    expiresInS: Number(searchParams.get("X-Amz-Expires")),
  };
}

function claimInHeader({ headers }: IncomingMessage): Claim | undefined {
  const pattern = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([\da-f]+)$/u;
  const [, credential, names, signature] = pattern.exec(headers.authorization ?? "") ?? [];
  const [date, payload] = [headers["x-amz-date"], headers["x-amz-content-sha256"]];
  if (credential === undefined || names === undefined || signature === undefined) return undefined;
  if (typeof date !== "string" || typeof payload !== "string") return undefined;
  return { credential, date, signedHeaders: names.split(";"), signature, payload };
}

function stringToSign(request: IncomingMessage, url: URL, claim: Claim): string {
  const headers = claim.signedHeaders.map((name) => {
    const value = request.headers[name];
    return `${name}:${String(value ?? "")
      .trim()
      .replaceAll(/ +/gu, " ")}\n`;
  });
  const canonical = [
    request.method,
    url.pathname
      .split("/")
      .map((part) => encode(decodeURIComponent(part)))
      .join("/"),
    queryOf(url),
    headers.join(""),
    claim.signedHeaders.join(";"),
    claim.payload,
  ].join("\n");
  const scope = claim.credential.split("/").slice(1).join("/");
  return [ALGORITHM, claim.date, scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
}

function queryOf({ searchParams }: URL): string {
  const pairs = [...searchParams]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return pairs.sort().join("&");
}

function sign(text: string, day: string, { secretAccessKey, region }: S3Account): string {
  const hmac = (key: string | Buffer, of: string): Buffer => createHmac("sha256", key).update(of).digest();
  const key = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, text).toString("hex");
}

/** RFC 3986, which leaves less as it is than `encodeURIComponent`. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/gu,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `20261130T051500Z` */
function timeOf(date: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u.exec(date) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
