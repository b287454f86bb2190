import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { openLibsqlStore } from "../src/store/index.ts";
import { openPostgresStore } from "../src/store/postgres/postgres-store.ts";
import { hasPostgres, startPostgres } from "../src/testing/postgres.ts";
import { conversation, header, sealed } from "./archive/archive-text.ts";
import { message } from "./support/raw-client.ts";
import { finished, run, secret, ServerProcess } from "./support/server-process.ts";
import { temporaryFile } from "./support/temporary-file.ts";

const TIMEOUT_MS = 60_000;

describe("tidings-server", () => {
  it(
    "explains itself",
    async () => {
      const { code, output } = await finished(run(["--help"]));
      expect(code).toBe(0);
      for (const word of ["--port", "TIDINGS_SECRET", "token <user>"]) expect(output).toContain(word);
    },
    TIMEOUT_MS,
  );

  it(
    "says what is wrong with how it was called, and leaves with 2",
    async () => {
      for (const [words, reason] of [
        [["--port", "70000"], "port"],
        [["--data", ":memory:", "token", "ada"], "TIDINGS_SECRET"],
      ] as const) {
        const { code, errors } = await finished(run(words, { TIDINGS_DATA: temporaryFile("data.db") }));
        expect(errors).toMatch(/^unable to (start|issue the token); /u);
        expect(errors).toContain(reason);
        expect(code).toBe(2);
      }
    },
    TIMEOUT_MS,
  );

  it(
    "leaves with 1 when it cannot start",
    async () => {
      const { code, errors } = await finished(
        run(["--port", "0", "--data", "/nowhere/data.db"], { TIDINGS_SECRET: secret }),
      );
      expect(errors).toContain("unable to start; ");
      expect(code).toBe(1);
    },
    TIMEOUT_MS,
  );

  it(
    "makes tokens, with the secret given or one of its own that nobody else can read",
    async () => {
      const dataFile = temporaryFile("data.db");
      const given = await finished(
        run(["token", "ada", "--expires", "1h", "--tier", "pro", "--roles", "support"], {
          TIDINGS_SECRET: secret,
          TIDINGS_DATA: dataFile,
        }),
      );
      const claims = decodeJwt(given.output.trim());
      expect(claims).toMatchObject({ sub: "ada", iss: "tidings", aud: "tidings" });
      expect(claims).toMatchObject({ tier: "pro", roles: ["support"] });
      expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3_600);
      expect(existsSync(`${dataFile}.secret`)).toBe(false);

      const own = await finished(run(["token", "ada", "--data", dataFile]));
      const { sub, tier, roles } = decodeJwt(own.output.trim());
      expect({ sub, tier, roles }).toEqual({ sub: "ada" });
      expect(statSync(`${dataFile}.secret`).mode & 0o777).toBe(0o600);
      expect(readFileSync(`${dataFile}.secret`, "utf8").trim()).toHaveLength(43);
    },
    TIMEOUT_MS,
  );

  it(
    "drains on SIGTERM: answers what was submitted, says when to come back, leaves with 0",
    async () => {
      const dataFile = temporaryFile("data.db");
      const server = await ServerProcess.start(dataFile);
      const ada = await server.join("ada");
      const frames = Array.from({ length: 200 }, (_, index) =>
        ada.frame(message("general", `number ${index}`)),
      );
      for (const frame of frames) ada.send(frame);
      await ada.answer(frames[20]?.id ?? 0);
      server.child.kill("SIGTERM");
      expect(await ada.closed).toEqual({ code: 4503, reason: "server/draining" });
      expect(await server.exited).toBe(0);

      const [closing] = ada.all("closing");
      expect(closing).toMatchObject({ code: "server/draining" });
      expect(closing?.retryAfterMs).toBeGreaterThan(0);
      const refused = ada.all("reject");
      expect(refused.filter(({ code, retryable }) => code !== "server/draining" || !retryable)).toEqual([]);

      const again = await ServerProcess.start(dataFile);
      const client = await again.join("ada");
      const { head } = await client.query({ type: "conversation", conversationId: "general" });
      expect(head.seq).toBe(ada.all("ack").length);
    },
    TIMEOUT_MS,
  );

  it(
    "logs structured lines, and in them neither tokens nor what people write",
    async () => {
      const server = await ServerProcess.start(temporaryFile("data.db"));
      const ada = await server.join("ada");
      await ada.say("general", "for nobody's log");
      ada.raw("nonsense with a secret word");
      await ada.closed;
      server.child.kill("SIGINT");
      expect(await server.exited).toBe(0);
      expect(server.lines.map(({ msg }) => msg)).toEqual(["listening", "draining", "closed"]);
      const log = JSON.stringify(server.lines);
      for (const word of ["for nobody's log", "secret word", secret, "eyJ"]) expect(log).not.toContain(word);
    },
    TIMEOUT_MS,
  );

  it.each(["SQLite", "PostgreSQL"])(
    "says how many of an archive stay erased, and would, and looks through one without a database, on %s",
    async (kind) => {
      if (kind === "PostgreSQL" && !hasPostgres()) return;
      const postgres = kind === "PostgreSQL" ? await startPostgres() : undefined;
      try {
        const url = await postgres?.database();
        const dataFile = temporaryFile("data.db");
        const file = temporaryFile("chat.jsonl");
        writeFileSync(file, sealed([header, ...conversation("tea", 1)]));
        const into = url === undefined ? { TIDINGS_DATA: dataFile } : { TIDINGS_DATABASE: url };
        const take = async (...more: readonly string[]): Promise<readonly unknown[]> => {
          const { code, errors } = await finished(run(["import", file, ...more], into));
          return [code, ...errors.trim().split("\n")];
        };
        const right = `${file} is whole and as it should be: 3 lines`;
        const unknown = url === undefined ? [] : ["the database cannot be asked who was erased in it"];
        expect(await take("--check")).toEqual([0, ...unknown, right]);
        const store =
          url === undefined ? openLibsqlStore({ file: dataFile }) : await openPostgresStore({ url });
        await store.erasures?.remember("ada", 5);
        await store.close();
        expect(await take("--check")).toEqual([0, `${right}; 1 person of it would stay erased`]);
        expect(await take()).toEqual([0, "imported 3 lines; 1 person of it stays erased"]);
      } finally {
        await postgres?.close();
      }
    },
    TIMEOUT_MS,
  );
});
