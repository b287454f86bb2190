import { SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, it } from "vitest";
import { createAuthenticator, issueToken } from "./tokens.ts";

const secret = "0123456789abcdef0123456789abcdef";
const other = "another-secret-of-thirty-two-byte";
const authenticate = createAuthenticator({ secret, issuer: "tidings", audience: "tidings" });

async function codeOf(token: string): Promise<string> {
  const identity = await authenticate(token);
  return "ok" in identity ? identity.code : identity.userId;
}

function jwt(claims: Record<string, unknown>, key = secret, alg = "HS256"): Promise<string> {
  const all = {
    sub: "ada",
    iss: "tidings",
    aud: "tidings",
    exp: Math.floor(Date.now() / 1_000) + 60,
    ...claims,
  };
  return new SignJWT(all).setProtectedHeader({ alg }).sign(new TextEncoder().encode(key));
}

describe("tokens", () => {
  it("say for whom they were issued, and until when", async () => {
    const before = Date.now();
    const identity = await authenticate(await issueToken({ secret, userId: "ada", expiresInMs: 60_000 }));
    expect(identity).toMatchObject({ userId: "ada" });
    const expiresAt = "ok" in identity ? 0 : (identity.expiresAt ?? 0);
    expect(expiresAt).toBeGreaterThan(before + 58_000);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it("need not expire", async () => {
    expect(await authenticate(await jwt({ exp: undefined }))).toEqual({ userId: "ada", scopes: new Set() });
  });

  it("are expired, not invalid, once their time is over", async () => {
    expect(await codeOf(await issueToken({ secret, userId: "ada", expiresInMs: -1_000 }))).toBe(
      "auth/expired",
    );
  });

  it("are invalid if someone else made them, or for someone else", async () => {
    const unsigned = new UnsecuredJWT({ sub: "ada", iss: "tidings", aud: "tidings" }).encode();
    const good = await jwt({});
    const [head, , signature] = good.split(".");
    const forged = [
      head,
      btoa(JSON.stringify({ sub: "eve", iss: "tidings", aud: "tidings" })),
      signature,
    ].join(".");
    for (const token of [
      unsigned,
      forged,
      `${good.slice(0, -2)}xx`,
      await jwt({}, other),
      await jwt({}, secret, "HS384"),
      await jwt({ aud: "elsewhere" }),
      await jwt({ iss: "somebody" }),
      await jwt({ aud: undefined }),
      await jwt({ sub: undefined }),
      await jwt({ sub: "" }),
      await jwt({ sub: "a\u0000b" }),
      await jwt({ sub: "x".repeat(129) }),
      await jwt({ sub: "system" }),
      "",
      "nonsense",
      "a.b.c",
    ]) {
      expect(await codeOf(token)).toBe("auth/invalid");
    }
  });

  it("[D8] that are expired and forged are invalid: nobody learns which secret is right", async () => {
    expect(await codeOf(await jwt({ exp: 1 }, other))).toBe("auth/invalid");
  });

  it("are not issued with a weak secret, or to nobody", async () => {
    await expect(issueToken({ secret: "short", userId: "ada" })).rejects.toThrow(
      "unable to issue the token; the secret",
    );
    await expect(issueToken({ secret, userId: "" })).rejects.toThrow("the user id");
  });
});
