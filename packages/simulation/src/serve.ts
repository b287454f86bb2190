import { once } from "node:events";
import { defaultPolicy } from "@tidings/core/protocol";
import { createServer } from "@tidings/server";
import { SECRET, swiftPolicy, wideBounds } from "./backend.ts";

/**
 * The server in a process of its own, as `server-process.ts` starts it: `serve.ts <database>`. It loads everything, waits
 * to be told the port, and tells the one it has once it listens. It drains on SIGTERM.
 */
const [dataFile = ""] = process.argv.slice(2);

/** As much as a long run makes. */
const muchKept = { notes: 100_000, pins: 100_000 };
const manyFiles = { bytes: 10_000_000, perMessage: 10, perHour: 1_000_000, types: ["text/plain"] };

process.on("disconnect", () => process.exit(1)); // whoever started us is gone
const [port]: unknown[] = await once(process, "message");
const server = await createServer({
  port: Number(port),
  dataFile,
  secret: SECRET,
  lobbies: [],
  policy: {
    ...defaultPolicy,
    ...swiftPolicy,
    limits: { ...defaultPolicy.limits, ...muchKept, files: manyFiles },
  },
  origins: "*", // pages of the tests come from servers of their own
  bounds: wideBounds,
});
process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
process.send?.(server.port);
