import { describe, expect, it } from "vitest";
import { help } from "./help.ts";
import { readServiceKeys, writeServiceKey } from "./credentials.ts";
import { readArguments } from "./arguments.ts";

describe("the command line", () => {
  it("serves unless told otherwise, with nothing set that was not said", () => {
    const invocation = readArguments([], {});
    expect(invocation).toMatchObject({
      command: "serve",
      settings: { dataFile: "tidings.db", logLevel: "info" },
    });
    if (invocation.command !== "serve") throw new Error();
    const { dataFile: _dataFile, bounds = {}, ...others } = invocation.settings.server;
    expect(
      [...Object.values(others), ...Object.values(bounds)].filter((value) => value !== undefined),
    ).toEqual([]);
  });

  it("finds files in a folder, in a bucket, or nowhere (row G2)", () => {
    const filesOf = (...words: readonly string[]): unknown => {
      const invocation = readArguments(words, { TIDINGS_CLAMD: "tcp://clamd:3310" });
      return invocation.command === "serve" && invocation.settings.server.files;
    };
    expect(filesOf("--files", "off")).toBe(false);
    expect(filesOf("--files", "s3-of-mine")).toEqual({ dir: "s3-of-mine", clamd: "tcp://clamd:3310" });
    expect(filesOf("--files", "s3://K:S%2F@aws/chat/a/b?region=eu-central-1")).toMatchObject({
      s3: {
        ...{ endpoint: "https://s3.eu-central-1.amazonaws.com", bucket: "chat", prefix: "a/b/" },
        ...{ accessKeyId: "K", secretAccessKey: "S/", region: "eu-central-1", isPathStyle: false },
      },
    });
    expect(filesOf("--files", "s3://K:S@spaces/chat?region=fra1")).toMatchObject({
      s3: { endpoint: "https://fra1.digitaloceanspaces.com", isPathStyle: false },
    });
    expect(filesOf("--files", "s3+http://K:S@127.0.0.1:9000/chat")).toMatchObject({
      s3: { endpoint: "http://127.0.0.1:9000", bucket: "chat", region: "us-east-1", isPathStyle: true },
    });
    expect(() => filesOf("--files", "s3://aws/chat")).toThrow("the address of a bucket is s3://");
  });

  it("goes by flags first, then by the environment", () => {
    const environment = {
      TIDINGS_PORT: "1",
      TIDINGS_HOST: "0.0.0.0",
      TIDINGS_TRUSTED_PROXIES: "2",
      TIDINGS_SECRET: "s",
    };
    expect(
      readArguments(["--port", "2", "--origins", "https://a.example, https://b.example"], environment),
    ).toMatchObject({
      settings: {
        secret: "s",
        server: {
          port: 2,
          host: "0.0.0.0",
          trustedProxies: 2,
          origins: ["https://a.example", "https://b.example"],
        },
      },
    });
  });

  it("reads lists, folders and durations", () => {
    expect(readArguments(["--origins", "*", "--lobbies", "tea,coffee", "--serve", "page"], {})).toMatchObject(
      {
        settings: {
          server: {
            origins: "*",
            lobbies: [
              { conversationId: "tea", name: "Tea", kind: "community" },
              { conversationId: "coffee", name: "Coffee", kind: "community" },
            ],
            serve: { dir: "page" },
          },
        },
      },
    );
    expect(readArguments(["token", "ada", "--expires", "15m"], {})).toMatchObject({
      userId: "ada",
      expiresInMs: 900_000,
    });
    expect(readArguments(["--conversation-ids", "random"], {})).toMatchObject({
      settings: { server: { conversationIds: "random" } },
    });
    expect(() => readArguments(["--conversation-ids", "mine"], {})).toThrow("neither chosen nor random");
    expect(readArguments(["--lobbies", ""], {})).toMatchObject({ settings: { server: { lobbies: [] } } });
  });

  it("reads who may ask, and how often", () => {
    const hash = "ab".repeat(32);
    const environment = {
      TIDINGS_JWKS: "https://login.example/jwks.json",
      TIDINGS_TIERS: "pro=5, trial=0.5",
      TIDINGS_ROLES: "support=act+erase",
      TIDINGS_SERVICE_KEYS: `backend:act+system:${hash},watcher::${hash}`,
      TIDINGS_REQUESTS_PER_SECOND: "7",
    };
    const words = ["--algorithms", "ES256,EdDSA", "--issue-tokens", "on", "--api", "off"];
    expect(readArguments([...words, "--requests-per-second-per-address", "70"], environment)).toMatchObject({
      settings: {
        server: {
          jwks: "https://login.example/jwks.json",
          algorithms: ["ES256", "EdDSA"],
          tiers: { pro: 5, trial: 0.5 },
          roles: { support: ["act", "erase"] },
          serviceKeys: [
            { name: "backend", scopes: ["act", "system"], hash },
            { name: "watcher", scopes: [], hash },
          ],
          issueTokens: true,
          api: false,
          bounds: { requestsPerSecond: 7, requestsPerSecondPerAddress: 70 },
        },
      },
    });
    const key = { command: "key", name: "backend", scopes: ["act", "erase"] };
    expect(readArguments(["key", "backend", "--scopes", "act+erase"], {})).toEqual(key);
    const made = { name: "backend", hash, scopes: ["act", "erase"] } as const;
    expect(readServiceKeys(writeServiceKey(made))).toEqual([made]);
  });

  it("explains no flag that it does not know, and none without its variable", () => {
    const ofOneCommand = ["expires", "scopes", "tier", "help", "version"];
    ofOneCommand.push("out", "user", "conversation", "with-files", "check");
    const names = [...help.matchAll(/--([a-z][a-z-]+)/gu)].map(([, name = ""]) => name);
    expect(names.length).toBeGreaterThan(20);
    for (const name of new Set(names)) {
      const of = name === "help" || name === "version" ? [] : ["x"];
      const reason = ((): string => {
        try {
          readArguments([`--${name}`, ...of], {});
        } catch (error) {
          return String(error);
        }
        return "";
      })();
      expect(reason).not.toContain("Unknown option");
      if (!ofOneCommand.includes(name))
        expect(help).toContain(`TIDINGS_${name.replaceAll("-", "_").toUpperCase()}`);
    }
  });

  it("takes the roles of a token for names, and those of a server for what names allow", () => {
    const environment = { TIDINGS_ROLES: "support=act+export" };
    const words = ["token", "ada", "--tier", "pro", "--roles", "support,auditor"];
    expect(readArguments(words, environment)).toMatchObject({
      ...{ command: "token", tier: "pro", roles: ["support", "auditor"] },
      settings: { server: { roles: { support: ["act", "export"] } } },
    });
    expect(readArguments(["--roles", "auditor=audit"], environment)).toMatchObject({
      settings: { server: { roles: { auditor: ["audit"] } } },
    });
  });

  it("exports a server, a conversation or a person, and imports a file (row D25)", () => {
    const scopeOf = (...words: readonly string[]): unknown => readArguments(["export", ...words], {});
    expect(scopeOf("--out", "a.jsonl")).toMatchObject({ out: "a.jsonl", scope: { of: "server" } });
    expect(scopeOf("--user", "ada")).toMatchObject({ scope: { of: "person", userId: "ada" } });
    expect(scopeOf("--conversation", "tea", "--with-files", "inline")).toMatchObject({
      ...{ scope: { of: "conversation", conversationId: "tea" }, withFiles: "inline", out: undefined },
    });
    expect(readArguments(["import", "a.jsonl", "--check"], {})).toMatchObject({
      ...{ command: "import", file: "a.jsonl", isCheckOnly: true },
    });
  });

  it("lets whoever has the keys for pushes at hand do all that is not to serve", () => {
    const keys = { TIDINGS_VAPID_PUBLIC_KEY: "p", TIDINGS_VAPID_PRIVATE_KEY: "s" };
    for (const words of [
      ["token", "ada"],
      ["key", "backend"],
      ["vapid"],
      ["export"],
      ["import", "a.jsonl"],
    ]) {
      expect(readArguments(words, keys)).toMatchObject({ command: words[0] });
    }
    expect(() => readArguments([], keys)).toThrow(/pushes need a --push-subject/u);
    expect(readArguments(["--push-subject", "mailto:a@b.example"], keys)).toMatchObject({
      settings: {
        server: { push: { vapid: { publicKey: "p", privateKey: "s", subject: "mailto:a@b.example" } } },
      },
    });
  });

  it("keeps messages for as long as it is told", () => {
    const invocation = readArguments(["--max-age", "30d"], { TIDINGS_MAX_MESSAGES: "10000" });
    const retention = { maxAgeMs: 30 * 86_400_000, maxMessages: 10_000 };
    expect(invocation).toMatchObject({ settings: { server: { retention } } });
  });

  it("takes a database in place of a file, from a flag or from either variable", () => {
    const database = "postgres://tidings@localhost/tidings";
    const settings = { server: { database, port: 1 } };
    const flags = ["--database", database, "--port", "1"];
    expect(readArguments(flags, { DATABASE_URL: "postgres://elsewhere" })).toMatchObject({ settings });
    for (const variable of ["DATABASE_URL", "TIDINGS_DATABASE"]) {
      const invocation = readArguments(["--port", "1"], { [variable]: database });
      expect(invocation).toMatchObject({ settings });
      expect(invocation).not.toMatchObject({ settings: { server: { dataFile: expect.anything() } } });
      expect(readArguments(["migrate"], { [variable]: database })).toEqual({ command: "migrate", database });
    }
  });

  it("says how many connections there are to a database, and how long it may think", () => {
    const variables = { DATABASE_URL: "postgres://a", TIDINGS_DATABASE_CONNECTIONS: "4" };
    expect(readArguments(["--statement-timeout", "3s"], variables)).toMatchObject({
      settings: { server: { databaseConnections: 4, statementTimeoutMs: 3_000 } },
    });
  });

  it.each([
    [["migrate"]],
    [["export", "ada"]],
    [["export", "--user", "ada", "--conversation", "tea"]],
    [["import"]],
    [["import", "a", "b"]],
    [["--port", "1e3"]],
    [["--log-level", "loud"]],
    [["token"]],
    [["key"]],
    [["key", "a", "--scopes", "root"]],
    [["--tiers", "pro"]],
    [["--roles", "support=root"]],
    [["--service-keys", "backend:act"]],
    [["--algorithms", "HS256"]],
    [["--api", "yes"]],
    [["token", "ada", "bob"]],
    [["token", "ada", "--expires", "soon"]],
    [["serve", "ada"]],
    [["--policy", "/nowhere.json"]],
    [["--secret", "in-the-process-list"]],
  ])("refuses %j", (words) => {
    expect(() => readArguments(words, {})).toThrow(/^unable to start; /u);
  });
});
