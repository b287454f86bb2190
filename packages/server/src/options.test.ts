import { defaultPolicy } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { readOptions } from "./options.ts";

/** From JavaScript anything may come. */
function reasonFor(options: object): string {
  try {
    readOptions(options);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "client/misused") return error.message;
    throw error;
  }
  return "accepted";
}

describe("options", () => {
  it("all have defaults, and undefined means the default", () => {
    const settings = readOptions({ port: undefined, bounds: { connections: undefined } });
    expect(settings).toMatchObject({ port: 8_787, host: "127.0.0.1", path: "/", policy: defaultPolicy });
    expect(settings.bounds).toMatchObject({ connections: 10_000, helloTimeoutMs: 10_000 });
    expect(settings.lobbies).toEqual([{ conversationId: "general", name: "General", kind: "community" }]);
  });

  it("lay what is given of the policy over the default", () => {
    const { policy } = readOptions({ policy: { heartbeatMs: 5_000 } });
    expect(policy).toEqual({ ...defaultPolicy, heartbeatMs: 5_000 });
  });

  it.each([
    [{ port: -1 }, "unable to start; port: "],
    [{ port: "8787" }, "unable to start; port: "],
    [{ secret: "short" }, "unable to start; secret: must have at least 32 bytes"],
    [
      { origins: ["chat.example"] },
      'unable to start; origins.0: must be an origin, as "https://chat.example"',
    ],
    [{ origins: ["https://chat.example/"] }, "unable to start; origins"],
    [{ policy: { heartbeatMs: 0 } }, "unable to start; policy: "],
    [{ lobbies: [{ conversationId: "general" }] }, "unable to start; lobbies.0.name: "],
    [{ jwks: "http://login.example/jwks.json" }, "unable to start; jwks: must be an address"],
    [{ jwks: "https://login.example/jwks.json", issueTokens: true }, "issueTokens needs a secret"],
    [{ algorithms: ["HS256"] }, "unable to start; algorithms.0: "],
    [{ tiers: { pro: 0 } }, "unable to start; tiers.pro: "],
    [{ roles: { a: ["root"] } }, "unable to start; roles.a.0: "],
    [{ serviceKeys: [{ name: "a", hash: "tsk_itself", scopes: [] }] }, "must be the SHA-256 of a key"],
    [{ bounds: { connections: 0 } }, "unable to start; bounds.connections: "],
    [{ database: "postgres://a/b", databaseConnections: 0 }, "unable to start; databaseConnections: "],
    [{ databaseReplica: "postgres://a/b" }, "databaseReplica is about database; name that too"],
    [{ databaseConnections: 4 }, "databaseConnections is about database; name that too"],
    [{ dataFile: "x", statementTimeoutMs: 1 }, "statementTimeoutMs is about database; name that too"],
    [{ prot: 1 }, 'unable to start; the options: Unrecognized key: "prot"'],
    [{ store: {}, dataFile: "x" }, "unable to start; store, dataFile and database exclude each other"],
  ])("are refused with the name of the one that is wrong: %j", (options, reason) => {
    expect(reasonFor(options)).toContain(reason);
  });
});
