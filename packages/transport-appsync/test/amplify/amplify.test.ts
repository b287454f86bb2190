import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createMemoryBackend } from "@tidings/core/memory";
import { describe, expect, it, vi } from "vitest";
import { serveEndpoint } from "../endpoint/serve.ts";
import { authenticate, say } from "../harness.ts";

const until = <T>(holds: () => T): Promise<T> => vi.waitFor(holds, { timeout: 60_000, interval: 20 });

/** A certificate for `localhost`; nothing where there is no openssl to make it. */
function certify(folder: string): { readonly key: string; readonly cert: string } | undefined {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = ["-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost"];
  const options = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  try {
    execFileSync("openssl", ["req", ...options, ...made, "-addext", "subjectAltName=DNS:localhost"], {
      stdio: "ignore",
    });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } catch {
    return undefined;
  }
}

/** The client in its own process, and all it has told. */
function startPeer(url: string, command: object, certificate: string) {
  const peer = spawn(
    process.execPath,
    [new URL("peer.mjs", import.meta.url).pathname, url, JSON.stringify(command)],
    {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate },
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const told: (readonly [string, unknown])[] = [];
  createInterface({ input: peer.stdout }).on("line", (line) => told.push(JSON.parse(line)));
  return {
    told: (name: string): unknown[] => told.flatMap(([what, value]) => (what === name ? [value] : [])),
    do: (what: string): void => void peer.stdin.write(`${what}\n`),
    end: () => peer.kill("SIGKILL"),
  };
}

const folder = mkdtempSync(join(tmpdir(), "tidings-amplify-"));
const tls = certify(folder);

describe.skipIf(!tls)("AWS's own client, Amplify", () => {
  it("works against the endpoint, unmodified and over TLS", { timeout: 120_000 }, async () => {
    expect(createRequire(import.meta.url)("@aws-amplify/core/package.json").version).toBe("6.19.2");
    const memory = createMemoryBackend();
    const apiKeys = { "da2-amplify": "amp" };
    const served = await serveEndpoint({ memory, authenticate, apiKeys, ...(tls && { tls }) });
    const { endpoint, url } = served;
    const command = say("from Amplify");
    const peer = startPeer(url, command, join(folder, "cert.pem"));
    try {
      await until(() => expect(peer.told("state")).toContain("Connected"));
      await until(() => expect([endpoint.subscriptions, endpoint.channels]).toEqual([1, 1]));
      expect(peer.told("heads")).toEqual([{ data: { heads: expect.stringContaining('"general"') } }]);

      await endpoint.act("bob", { ...say(""), type: "participant.join" });
      await endpoint.act("bob", say("to Amplify"));
      await until(() => expect(peer.told("heard")).toHaveLength(2));
      expect(peer.told("heard")[1]).toEqual({
        data: {
          onEvent: {
            ...{ conversationId: "general", rev: 4, audience: [] },
            payload: expect.stringContaining("to Amplify"),
          },
        },
      });
      peer.do("say");
      await until(() => expect(peer.told("said")).toHaveLength(1));
      expect(memory.messages("general").map(({ id }) => id)).toContain(command.commandId);
      // What its own mutation did not select, its subscription does not get either.
      await until(() => expect(peer.told("heard")).toHaveLength(3));
      expect(peer.told("heard")[2]).toMatchObject({ data: { onEvent: { rev: 5, audience: null } } });

      peer.do("type");
      const typing = { type: "typing", active: true, conversationId: "general", userId: "amp" };
      await until(() => expect(peer.told("event")).toEqual([typing]));
      expect(peer.told("say failed")).toEqual([]);

      peer.do("trespass");
      await until(() => expect(JSON.stringify(peer.told("nowhere failed"))).toContain("Not Authorized"));
    } finally {
      peer.end();
      await served.close();
      rmSync(folder, { recursive: true });
    }
  });
});
