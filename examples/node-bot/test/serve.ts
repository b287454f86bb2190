/** The real server in a process of its own: `serve.ts <database> <secret>`; tells its port. */
import process from "node:process";
import { createServer } from "@tidings/server";

const [dataFile = "", secret = ""] = process.argv.slice(2);
process.on("disconnect", () => process.exit(1)); // whoever started us is gone
const server = await createServer({ port: 0, dataFile, secret, policy: { rates: [] } });
process.send?.(server.port);
