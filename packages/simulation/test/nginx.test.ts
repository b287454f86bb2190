import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import { freePort, hasNginx, type NginxService, startNginx } from "@tidings/server/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type InProcessBackend, startBackend } from "../src/backend.ts";
import { nginxFiles, tlsFile } from "../src/topology/shipped.ts";

describe.skipIf(!hasNginx())("nginx as it is deployed, with TLS", { timeout: 60_000 }, () => {
  let backend: InProcessBackend;
  let nginx: NginxService;
  let tls = 0;
  beforeAll(async () => {
    const [gone, tlsPort, redirectPort] = [await freePort(), await freePort(), await freePort()];
    tls = tlsPort;
    backend = await startBackend();
    nginx = await startNginx({
      configure(place) {
        const files = ["-keyout", join(place.folder, "key.pem"), "-out", join(place.folder, "chain.pem")];
        const words = [
          "req",
          "-x509",
          "-newkey",
          "rsa:2048",
          "-nodes",
          "-days",
          "1",
          "-subj",
          "/CN=localhost",
        ];
        execFileSync("openssl", [...words, ...files], { stdio: "ignore" });
        chmodSync(join(place.folder, "key.pem"), 0o644);
        return {
          // One of the two nodes is not there.
          ...nginxFiles(place, [gone, backend.port]),
          "servers-tls.conf": tlsFile(place.folder, tlsPort, redirectPort),
        };
      },
    });
  }, 60_000);
  afterAll(() => Promise.all([nginx.close(), backend.close()]));

  const ask = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${nginx.port}${path}`);

  it("passes WebSockets on, also encrypted, to the node that is there", async () => {
    const addresses = [`ws://127.0.0.1:${nginx.port}`, `wss://127.0.0.1:${tls}`];
    for (const address of [...addresses, ...addresses, ...addresses]) {
      const socket = new WebSocket(address, { rejectUnauthorized: false });
      await new Promise<void>((resolve, reject) => socket.once("open", resolve).once("error", reject));
      expect(socket.readyState).toBe(WebSocket.OPEN);
      socket.terminate();
    }
  });

  it("adds its headers once, and keeps metrics to the inside", async () => {
    for (const answer of await Promise.all([ask("/health/live"), ask("/health/live")])) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("x-frame-options")).toBe("DENY");
      expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
      expect(answer.headers.get("server")).toBe("nginx");
    }
    expect((await ask("/metrics")).status).toBe(404);
    expect((await ask("/nginx-health")).status).toBe(204);
  });

  it("says over TLS that only TLS will do", async () => {
    const header = await new Promise((resolve, reject) => {
      const options = { port: tls, host: "127.0.0.1", path: "/health", rejectUnauthorized: false };
      get(options, ({ headers }) => resolve(headers["strict-transport-security"])).on("error", reject);
    });
    expect(header).toBe("max-age=31536000; includeSubDomains");
  });

  it("lets one address connect often, and not without end", async () => {
    const asked = Array.from({ length: 1_300 }, () => ask("/nowhere").then(({ status }) => status));
    const statuses = new Set(await Promise.all(asked));
    expect(statuses).toContain(429);
    expect(statuses).toContain(404);
  });
});
