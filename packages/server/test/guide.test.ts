import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { commandRoutes, otherRoutes, queryRoutes } from "../src/api/routes.ts";
import { createServiceKey } from "../src/index.ts";
import { call } from "./support/api.ts";
import { start } from "./support/start.ts";
import { temporaryFile } from "./support/temporary-file.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));
const guide = readFileSync(`${root}/docs/guides/http-api.md`, "utf8");

/** The first block of a language in which `word` occurs. */
function block(language: string, word: string): string {
  const blocks = [...guide.matchAll(/```(\w+)\n([^]*?)```/gu)].filter(([, name]) => name === language);
  const found = blocks.find(([, , code]) => code?.includes(word))?.[2];
  if (found === undefined) throw new Error(`the guide shows no ${word}`);
  return found;
}

it(
  "shows in its guide what works: every request with curl, and a retry with fetch",
  { timeout: 60_000 },
  async () => {
    const { key, hash } = createServiceKey();
    const server = await start({
      serviceKeys: [{ name: "backend", hash, scopes: ["act", "system", "audit"] }],
    });
    const env = { ...process.env, TIDINGS_URL: server.httpUrl, TIDINGS_KEY: key };
    const { stdout } = await run("bash", ["-euo", "pipefail", "-c", block("sh", "curl")], { env });
    expect(stdout).toContain('"text":"Hello Ada"');
    expect(stdout).toContain('"type":"participant","conversationId":"order-17","userId":"ada"');
    const page = await call(server, "GET /v1/audit?subject=bob&limit=1", { token: key });
    const [entry] = JSON.parse(page.text).items;
    const [shown] = JSON.parse(block("json", "participant.ban")).items;
    expect(Object.keys(shown)).toEqual(Object.keys(entry));

    const file = temporaryFile("guide.ts");
    writeFileSync(file, `${block("ts", "fetch(")}\nexport {};`);
    const program = await run(process.execPath, ["--import", "ts-blank-space/register", file], {
      env,
      cwd: root,
    });
    expect(program.stdout).toBe("true\n");

    const headers = { "tidings-user": "ada" };
    const history = await call(server, "GET /v1/conversations/order-17/messages", { token: key, headers });
    const { messages } = JSON.parse(history.text);
    expect(
      messages.map(({ authorId, content }: { authorId: string; content: { text: string } }) => [
        authorId,
        content.text,
      ]),
    ).toEqual([
      ["system", "How can we help?"],
      ["support", "Hello Ada"],
      ["support", "On its way"],
    ]);
  },
);

it("lists in its guide every address there is", () => {
  const routes = [commandRoutes, queryRoutes, otherRoutes].flatMap((table) => Object.values(table));
  const listed = [...guide.matchAll(/^\| `(\w+) +(\S+)` +\| (.+?) +\|$/gmu)].map(
    ([, method, path, summary]) => [method, path, summary],
  );
  const there = routes.map(({ method, path, summary }) => [
    method,
    path.replace("/v1/conversations/:conversationId", "…").replaceAll(/:(\w+)/gu, "{$1}"),
    summary,
  ]);
  const text = (rows: readonly (readonly unknown[])[]): readonly string[] =>
    rows.map((row) => row.join(" ")).sort();
  expect(text(listed)).toEqual(text(there));
});

it("shows in its guide a failure as it is", async () => {
  const server = await start();
  const token = await server.issueToken("ada");
  const { json } = await call(server, "GET /v1/conversations/nowhere", { token });
  expect(JSON.parse(block("json", "conversation/not-found"))).toEqual(json);
});
