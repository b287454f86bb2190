import { createServer, type Server } from "node:http";
import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import { remoteKeys } from "./remote-keys.ts";
import { createAuthenticator } from "./tokens.ts";

interface Signer {
  readonly kid: string;
  readonly jwk: JWK;
  readonly publicPem: string;
  sign(claims?: Record<string, unknown>): Promise<string>;
}

/** Curves are quick to make; what is about RSA says so. */
async function signer(kid: string, alg = "ES256"): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return {
    kid,
    jwk: { ...(await exportJWK(publicKey)), kid, alg },
    publicPem: await exportSPKI(publicKey),
    sign: (claims = {}) =>
      new SignJWT({ sub: "ada", iss: "login", aud: "chat", ...claims })
        .setProtectedHeader({ alg, kid })
        .setExpirationTime("1h")
        .sign(privateKey),
  };
}

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close().closeAllConnections()));

/** A key server, with what it says and how often it was asked. */
async function keyServer(...signers: readonly Signer[]) {
  const state = { keys: signers.map(({ jwk }) => jwk), isDown: false, asked: 0, url: "" };
  const server = createServer((_request, response) => {
    state.asked += 1;
    if (state.isDown) return void response.writeHead(503).end();
    response.end(JSON.stringify({ keys: state.keys }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address === "object" && address) state.url = `http://127.0.0.1:${address.port}/jwks.json`;
  return state;
}

const secret = "0123456789abcdef0123456789abcdef";

/** Decides by what `server` says; time is the test's. */
function authenticator(
  server: { readonly url: string },
  more: { secret?: string; cooldownMs?: number } = {},
) {
  const time = { now: 1_000_000 };
  const { cooldownMs = 0, ...rest } = more;
  const keys = remoteKeys({ url: server.url, cooldownMs, now: () => time.now });
  const authenticate = createAuthenticator({
    ...{ keys, algorithms: ["RS256", "ES256"], issuer: "login", audience: "chat" },
    ...rest,
  });
  const codeOf = async (token: string): Promise<string> => {
    const answer = await authenticate(token);
    return "ok" in answer ? answer.code : answer.userId;
  };
  return { time, codeOf };
}

describe("tokens signed by the keys of a JWKS", () => {
  it("are accepted, by RSA and by elliptic curves, and their keys fetched once", async () => {
    const [rsa, curve] = [await signer("a", "RS256"), await signer("b")];
    const server = await keyServer(rsa, curve);
    const { codeOf } = authenticator(server);
    expect([
      await codeOf(await rsa.sign()),
      await codeOf(await curve.sign()),
      await codeOf(await rsa.sign()),
    ]).toEqual([...["ada", "ada", "ada"]]);
    expect(server.asked).toBe(1);
  });

  it("are judged like any others", async () => {
    const one = await signer("a");
    const { codeOf } = authenticator(await keyServer(one));
    const wrong = [{ sub: undefined }, { iss: "other" }, { aud: "other" }, { sub: "system" }, { sub: "" }];
    for (const claims of wrong) expect(await codeOf(await one.sign(claims))).toBe("auth/invalid");
    expect(
      await codeOf(await new SignJWT({}).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from(secret))),
    ).toBe("auth/invalid");
  });

  it("follow the keys while they rotate: a new one counts at once, an old one until it is gone", async () => {
    const [old, next] = [await signer("old"), await signer("next")];
    const server = await keyServer(old);
    const { codeOf } = authenticator(server);
    expect(await codeOf(await old.sign())).toBe("ada");
    server.keys = [old.jwk, next.jwk];
    expect([await codeOf(await next.sign()), await codeOf(await old.sign())]).toEqual(["ada", "ada"]);
    server.keys = [next.jwk];
    expect(await codeOf(await (await signer("unheard-of")).sign())).toBe("auth/invalid"); // Makes it look again.
    expect([await codeOf(await next.sign()), await codeOf(await old.sign())]).toEqual([
      "ada",
      "auth/invalid",
    ]);
  });

  it("hold by the keys known last while the key server is down", async () => {
    const [known, fresh] = [await signer("known"), await signer("fresh")];
    const server = await keyServer(known);
    const { codeOf, time } = authenticator(server);
    expect(await codeOf(await known.sign())).toBe("ada");
    server.isDown = true;
    expect(await codeOf(await fresh.sign())).toBe("auth/unavailable"); // Neither yes nor no: it may be a new key.
    const asked = server.asked;
    expect([await codeOf(await known.sign()), await codeOf(await fresh.sign())]).toEqual([
      "ada",
      "auth/unavailable",
    ]);
    expect(server.asked).toBe(asked); // [D9] not once per token
    time.now += 5_000;
    server.isDown = false;
    server.keys = [known.jwk, fresh.jwk];
    expect(await codeOf(await fresh.sign())).toBe("ada");
  });

  it("are neither good nor bad while no key was ever fetched, and after a day without", async () => {
    const one = await signer("a");
    const server = await keyServer(one);
    server.isDown = true;
    const { codeOf, time } = authenticator(server);
    expect(await codeOf(await one.sign())).toBe("auth/unavailable");
    server.isDown = false;
    expect(await codeOf(await one.sign())).toBe("auth/unavailable"); // Asked a moment ago.
    time.now += 5_000;
    expect(await codeOf(await one.sign())).toBe("ada");
    server.isDown = true;
    expect(await codeOf(await (await signer("b")).sign())).toBe("auth/unavailable");
    time.now += 4_000;
    expect(await codeOf(await one.sign())).toBe("ada");
    time.now += 86_400_000;
    expect(await codeOf(await (await signer("b")).sign())).toBe("auth/unavailable");
    expect(await codeOf(await one.sign())).toBe("auth/unavailable");
  });

  it("[D9] with keys nobody has heard of make the server ask only now and then", async () => {
    const one = await signer("a");
    const server = await keyServer(one);
    const { codeOf } = authenticator(server, { cooldownMs: 60_000 });
    expect(await codeOf(await one.sign())).toBe("ada");
    for (const kid of ["x", "y", "z"])
      expect(await codeOf(await (await signer(kid)).sign())).toBe("auth/unavailable");
    expect(server.asked).toBe(1);
  });
});

describe("the algorithm of a token", () => {
  it("is never its own choice: a public key is no secret, a secret is no public key", async () => {
    const one = await signer("a", "RS256");
    const server = await keyServer(one);
    const { codeOf } = authenticator(server, { secret });
    const claims = { sub: "eve", iss: "login", aud: "chat" };
    const confused = async (key: string, header: { alg: string; kid?: string }): Promise<string> =>
      codeOf(
        await new SignJWT(claims).setProtectedHeader(header).setExpirationTime("1h").sign(Buffer.from(key)),
      );
    for (const key of [one.publicPem, one.publicPem.trim(), JSON.stringify(one.jwk), one.jwk.n ?? ""])
      expect(await confused(key, { alg: "HS256", kid: "a" })).toBe("auth/invalid");
    expect(await confused(secret, { alg: "HS256" })).toBe("eve"); // The secret itself is believed …
    expect(await confused(secret + secret, { alg: "HS512" })).toBe("auth/invalid");
    const [, payload] = (await one.sign()).split(".");
    for (const alg of ["none", "None", "NONE"]) {
      const header = Buffer.from(JSON.stringify({ alg })).toString("base64url");
      expect(await codeOf(`${header}.${payload}.`)).toBe("auth/invalid");
    }
  });

  it("counts only if the settings name it", async () => {
    const pss = await signer("p", "PS256");
    const { codeOf } = authenticator(await keyServer(pss));
    expect(await codeOf(await pss.sign())).toBe("auth/invalid");
  });

  it("is that of the key server alone where there is no secret", async () => {
    const { codeOf } = authenticator(await keyServer(await signer("a")));
    const token = new SignJWT({ sub: "eve", iss: "login", aud: "chat" }).setProtectedHeader({ alg: "HS256" });
    expect(await codeOf(await token.setExpirationTime("1h").sign(Buffer.from(secret)))).toBe("auth/invalid");
  });
});
