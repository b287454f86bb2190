import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createServer, type TidingsServer } from "@tidings/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "tidings-k6-"));

/** What k6 counted, by the name of the metric, or of the check. */
const counted = new Map<string, number[]>();

function add(name: string, value: unknown): void {
  counted.set(name, [...(counted.get(name) ?? []), Number(value)]);
}

class Metric {
  readonly #name: string;
  constructor(name: string) {
    this.#name = name;
  }
  add(value: unknown): void {
    add(this.#name, value);
  }
}

async function request(method: string, url: string, body: string | null, { headers = {} } = {}) {
  const answer = await fetch(url, { method, body, headers });
  return { status: answer.status, body: await answer.text() };
}

/** k6 is a program of its own, which is not here: what the script takes of it, on Node. */
const k6 = {
  k6: {
    check(answer: unknown, checks: Readonly<Record<string, (answer: unknown) => boolean>>): void {
      for (const [name, holds] of Object.entries(checks)) add(name, holds(answer));
    },
  },
  "k6/execution": { default: { vu: { idInTest: 1 } } },
  "k6/http": { default: { asyncRequest: request } },
  "k6/metrics": { Counter: Metric, Rate: Metric, Trend: Metric },
  "k6/timers": { setInterval, setTimeout },
  "k6/websockets": { WebSocket },
};

interface Script {
  readonly options: { readonly scenarios: Readonly<Record<string, { readonly exec: string }>> };
  readonly chat: () => void;
  readonly rest: () => Promise<void>;
}

/** The script as it is shipped, but for where its imports come from. */
async function load(
  environment: Readonly<Record<string, string>>,
): Promise<Script & Record<string, unknown>> {
  const tokens = environment["TOKENS"];
  Object.assign(globalThis, {
    ...{ __ENV: environment, __K6: k6 },
    open: (file: string) => (file === "tokens" ? tokens : undefined),
  });
  const source = readFileSync(join(root, "deploy/k6/chat.js"), "utf8");
  const program = source
    .replaceAll(/^import \{([^}]+)\} from "(k6[^"]*)";$/gm, 'const {$1} = globalThis.__K6["$2"];')
    .replaceAll(/^import (\w+) from "(k6[^"]*)";$/gm, 'const $1 = globalThis.__K6["$2"].default;')
    .replace('__ENV.TOKENS || "tokens.txt"', '"tokens"');
  expect(program).not.toContain("\nimport ");
  const file = join(folder, "chat.mjs");
  writeFileSync(file, program);
  const script: Script & Record<string, unknown> = await import(/* @vite-ignore */ pathToFileURL(file).href);
  return script;
}

describe("deploy/k6/chat.js, as far as it can run without k6", () => {
  let server: TidingsServer;
  let script: Script & Record<string, unknown>;
  beforeAll(async () => {
    server = await createServer({ port: 0 });
    const users = ["ada", "bob"];
    const tokens = await Promise.all(users.map((userId) => server.issueToken(userId)));
    script = await load({ URL: server.url, TOKENS: tokens.join("\n"), SECONDS: "1", EVERY_MS: "200" });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it("has a function for each of its scenarios", () => {
    for (const { exec } of Object.values(script.options.scenarios))
      expect(script[exec]).toBeTypeOf("function");
  });

  it("says messages over a link, and is answered", async () => {
    script.chat();
    await expect.poll(() => counted.get("tidings_answer")?.length ?? 0).toBeGreaterThan(1);
    expect(counted.get("tidings_welcomed")).toEqual([1]);
    expect(counted.get("tidings_refused")).not.toContain(1);
    expect(Math.max(...(counted.get("tidings_answer") ?? []))).not.toBeNaN();
  });

  it("says them over HTTP, twice, and finds them once", async () => {
    await script.rest();
    const checks = ["a message is accepted", "said again it is the same", "it is there, once"];
    expect(checks.map((name) => counted.get(name))).toEqual([[1], [1], [1]]);
    expect(counted.get("tidings_http_send")).toHaveLength(1);
  });
});
