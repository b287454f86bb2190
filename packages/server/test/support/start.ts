import { defaultPolicy, type Policy } from "@tidings/core/protocol";
import { afterEvery } from "../../../../scripts/testing/tidying.ts";
import { createServer, type ServerOptions, type TidingsServer } from "../../src/index.ts";

const running: TidingsServer[] = [];

afterEvery("test", async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** A server on a free port, in memory, closed after the test. */
export async function start(options: ServerOptions = {}): Promise<TidingsServer> {
  const server = await createServer({ port: 0, ...options });
  running.push(server);
  return server;
}

/** No rates: for tests that are about something else. */
export const unhurried: Partial<Policy> = { rates: [] };

/** Room for tests that send a great deal at once. */
export const roomy: ServerOptions = {
  policy: { rates: [], limits: { ...defaultPolicy.limits, inFlight: 10_000 } },
  bounds: { framesPerSecond: 1_000_000, frameBurst: 1_000_000 },
};
