import { describe, expect, it } from "vitest";
import { signV4, type ToSign } from "./sign.ts";

/** Of the suite that AWS has published for Signature Version 4. */
const SUITE = {
  ...{ url: "https://example.amazonaws.com/", region: "us-east-1", service: "service" },
  ...{ datetime: "20150830T123600Z", headers: {}, body: "", method: "POST" },
};
const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const SCOPE =
  "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=";
const TOKEN =
  "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

const form = { "content-type": "application/x-www-form-urlencoded" };

type Vector = readonly [string, Partial<ToSign> & { readonly token?: string }, string, string];

const vectors: readonly Vector[] = [
  ["get-vanilla", { method: "GET" }, "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  ["get-vanilla-query-order-key-case", { method: "GET", url: `${SUITE.url}?Param2=value2&Param1=value1` }, "host;x-amz-date", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"],
  ["post-vanilla", {}, "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
  ["post-header-value-case", { headers: { "My-Header1": "VALUE1" } }, "host;my-header1;x-amz-date", "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"],
  ["get-header-value-trim", { method: "GET", headers: { "My-Header1": " value1", "My-Header2": ' "a   b   c"' } }, "host;my-header1;my-header2;x-amz-date", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"],
  ["post-x-www-form-urlencoded", { headers: form, body: "Param1=value1" }, "content-type;host;x-amz-date", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"],
  ["post-sts-header-before", { token: TOKEN }, "host;x-amz-date;x-amz-security-token", "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"],
]; // prettier-ignore

describe("Signature Version 4", () => {
  it.each(vectors)("signs AWS's %s as AWS does", async (_name, { token, ...request }, names, signature) => {
    const keys = { ...KEYS, ...(token !== undefined && { sessionToken: token }) };
    const headers = await signV4({ ...SUITE, ...request }, keys);
    expect(headers["authorization"]).toBe(`${SCOPE}${names}, Signature=${signature}`);
  });
});
