/** The fingerprint of the wire, kept beside its version number in `src/protocol/version.hash.json`. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { PROTOCOL_VERSION } from "../../src/protocol/version.ts";
import { wire } from "./schemas.ts";

export interface VersionHash {
  readonly version: number;
  /** Has this version been published? Then others depend on it, and its hash stands for ever. */
  readonly isReleased: boolean;
  readonly hash: string;
}

export const HASH_FILE = "packages/core/src/protocol/version.hash.json";

export const wireHash: string = createHash("sha256").update(JSON.stringify(wire)).digest("hex");

/** @param root - of the workspace, ending in a slash. */
export function readVersionHash(root: URL): VersionHash {
  return JSON.parse(readFileSync(new URL(HASH_FILE, root), "utf8"));
}

/** What stands in the way of calling the wire as it is now version `PROTOCOL_VERSION`; nothing if all is well. */
export function wireFault(kept: VersionHash): string | undefined {
  if (kept.version === PROTOCOL_VERSION && kept.hash === wireHash) return undefined;
  if (kept.version === PROTOCOL_VERSION && kept.isReleased) {
    return [
      `The wire has changed, and version ${PROTOCOL_VERSION} is published: old clients and servers would misunderstand it.`,
      "1. Raise PROTOCOL_VERSION in packages/core/src/protocol/version.ts and add a line to its history.",
      "2. Run `npm run docs`.",
      "If only the generator changed (a new zod), and no frame did: `npm run docs -- --same-wire`.",
    ].join("\n");
  }
  return [
    `The wire has changed; its hash beside version ${PROTOCOL_VERSION} is not up to date.`,
    "If that is what you want: run `npm run docs`, and look at the difference in docs/schemas.",
  ].join("\n");
}

/** The hash file of today's wire. @throws if it would overwrite a published one. */
export function nextVersionHash(kept: VersionHash | undefined, isSameWire: boolean): VersionHash {
  const fault = kept && wireFault(kept);
  if (kept?.isReleased && kept.version === PROTOCOL_VERSION) {
    if (fault && !isSameWire) throw new Error(fault);
    return { ...kept, hash: wireHash };
  }
  return { version: PROTOCOL_VERSION, isReleased: false, hash: wireHash };
}
