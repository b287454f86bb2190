import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

/** The secret kept beside a database for development; made if there is none. Readable by its owner only. */
export function developmentSecret(dataFile: string): string | undefined {
  if (dataFile === ":memory:") return undefined;
  const file = `${dataFile}.secret`;
  try {
    // Exclusively, so that a server and a token made at the same moment agree.
    writeFileSync(file, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return readFileSync(file, "utf8").trim();
}
