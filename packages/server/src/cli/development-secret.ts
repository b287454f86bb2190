import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { MessagingError } from "@tidings/core/errors";
import { MEMORY } from "../store/libsql/database.ts";

/** The secret kept beside a database for development; made if there is none. Readable by its owner only. */
export function developmentSecret(dataFile: string): string | undefined {
  if (dataFile === MEMORY) return undefined;
  const file = `${dataFile}.secret`;
  try {
    // Exclusively, so that a server and a token made at the same moment agree.
    writeFileSync(file, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    if (code !== "EEXIST") {
      const message = `unable to keep a secret in ${file}; ${String(code)}, does its folder exist?`;
      throw new MessagingError("storage/failed", { message, cause: error });
    }
  }
  return readFileSync(file, "utf8").trim();
}
