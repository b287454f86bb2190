import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MessagingError } from "@tidings/core/errors";
import { exportJWK, generateKeyPair, createLocalJWKSet, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { strangersIn } from "../../../packages/transport-appsync/test/dynamo/cloud-formation.ts";
import { oidcTokens } from "../src/tokens.ts";
import { template } from "./deployed.ts";

const propertiesOf = (type: string): readonly Readonly<Record<string, unknown>>[] =>
  Object.values(template.Resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));

describe("the template", () => {
  it("refers to nothing that it does not hold", () => {
    expect(strangersIn(template)).toEqual([]);
  });

  it("has the routes of the handlers, by the key the client names them with", () => {
    const routes = propertiesOf("AWS::ApiGatewayV2::Route").map(({ RouteKey }) => String(RouteKey));
    expect(routes.toSorted()).toEqual(["$connect", "$default", "$disconnect", "POST /ticket", "sendMessage"]);
    expect(template.Resources["Api"]?.Properties["RouteSelectionExpression"]).toBe("$request.body.action");
  });

  it("gives the functions each variable they read", () => {
    const source = readFileSync(new URL("../function.js", import.meta.url), "utf8");
    const asked = [...source.matchAll(/env\.(\w+)/g)].map(([, name = ""]) => name);
    const own = [...new Set(asked)].filter((name) => !name.startsWith("AWS_")).toSorted();
    const given = propertiesOf("AWS::Lambda::Function").map(({ Environment }) =>
      Object.keys(Object(Environment).Variables).toSorted(),
    );
    expect(given).toEqual([own, own]);
  });

  it("keeps what the client has to be quicker than", () => {
    expect(template.Parameters["HeartbeatMs"]).toMatchObject({ Default: 240_000, MaxValue: 540_000 });
  });
});

describe("what is deployed", () => {
  it("is one file, which refuses whoever has no ticket", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tidings-functions-"));
    const bundle = join(folder, "index.mjs");
    execFileSync(process.execPath, [fileURLToPath(new URL("../build.mjs", import.meta.url)), bundle]);
    Object.assign(process.env, { ISSUER: "https://auth.example.com/", AWS_REGION: "eu-west-1", EPOCH: "1" });
    const { handler, ticket } = await import(bundle);
    rmSync(folder, { recursive: true });
    expect(ticket).toBeTypeOf("function");
    const requestContext = { routeKey: "$connect", connectionId: "c" };
    expect(await handler({ requestContext })).toEqual({ statusCode: 401 });
  });
});

describe("tokens", () => {
  it("are those of the issuer, for us, and still good", async () => {
    const { publicKey, privateKey } = await generateKeyPair("RS256");
    const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), alg: "RS256" }] });
    const authenticate = oidcTokens({ issuer: "https://auth.example.com/", audience: "chat", keys });
    const sign = (issuer: string, audience: string, expiry: string): Promise<string> =>
      new SignJWT({ sub: "ada" })
        .setProtectedHeader({ alg: "RS256" })
        .setIssuer(issuer)
        .setAudience(audience)
        .setExpirationTime(expiry)
        .sign(privateKey);
    const codeOf = async (token: string): Promise<string> =>
      authenticate(token).then(
        ({ userId }) => userId,
        (error: unknown) => (error instanceof MessagingError ? error.code : "unknown"),
      );
    const tokens = [
      await sign("https://auth.example.com/", "chat", "1h"),
      await sign("https://auth.example.com/", "chat", "-1h"),
      await sign("https://other.example.com/", "chat", "1h"),
      await sign("https://auth.example.com/", "shop", "1h"),
      "nonsense",
    ];
    const codes = ["ada", "auth/expired", "auth/invalid", "auth/invalid", "auth/invalid"];
    expect(await Promise.all(tokens.map(codeOf))).toEqual(codes);
  });
});
