import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const LOADER = ["--conditions=source", "--import", "ts-blank-space/register", "--input-type=module"];

it("has written every line, in order, when the process ends right after, however busy its threads", async () => {
  const log = new URL("./create-log.ts", import.meta.url).href;
  const program = `
    import { pbkdf2 } from "node:crypto";
    import { createLog } from ${JSON.stringify(log)};
    const log = createLog("info");
    pbkdf2("keeps", "the only thread busy", 1_000_000, 32, "sha512", () => {});
    log.info({}, "draining");
    log.info({}, "closed");
    process.exit(0);`;
  const { stdout } = await promisify(execFile)(process.execPath, [...LOADER, "-e", program], {
    cwd: fileURLToPath(new URL("../../..", import.meta.url)),
    env: { ...process.env, UV_THREADPOOL_SIZE: "1" },
  });
  const lines = stdout.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(["draining", "closed"]);
}, 20_000);
