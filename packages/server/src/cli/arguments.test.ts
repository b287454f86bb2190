import { describe, expect, it } from "vitest";
import { readArguments } from "./arguments.ts";

describe("the command line", () => {
  it("serves unless told otherwise, with nothing set that was not said", () => {
    const invocation = readArguments([], {});
    expect(invocation).toMatchObject({
      command: "serve",
      settings: { dataFile: "tidings.db", logLevel: "info" },
    });
    if (invocation.command !== "serve") throw new Error();
    const { dataFile: _dataFile, ...others } = invocation.settings.server;
    expect(Object.values(others).filter((value) => value !== undefined)).toEqual([]);
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
    expect(readArguments(["--lobbies", ""], {})).toMatchObject({ settings: { server: { lobbies: [] } } });
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

  it.each([
    [["migrate"]],
    [["--port", "1e3"]],
    [["--log-level", "loud"]],
    [["token"]],
    [["token", "ada", "bob"]],
    [["token", "ada", "--expires", "soon"]],
    [["serve", "ada"]],
    [["--policy", "/nowhere.json"]],
    [["--secret", "in-the-process-list"]],
  ])("refuses %j", (words) => {
    expect(() => readArguments(words, {})).toThrow(/^unable to start; /u);
  });
});
