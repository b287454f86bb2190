/**
 * Installs the workspace when something that decides its outcome has changed, and otherwise costs a few file reads:
 * a second run needs neither pnpm nor the network.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import process from "node:process";
import { pnpm } from "./pnpm.mjs";
import { step } from "./steps.mjs";

const STAMP = "node_modules/.tidings-installed";

/** @returns {Promise<number>} the exit code; 0 when everything is in place. */
export async function install() {
  const wanted = fingerprint();
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) return 0;
  const { code } = await step("install", () => pnpm("install", "--frozen-lockfile", "--prefer-offline"));
  if (code === 0) {
    mkdirSync("node_modules", { recursive: true });
    writeFileSync(STAMP, wanted);
  }
  return code;
}

/** The lockfile, every manifest, and the platform: what decides which files an install leaves behind. */
function fingerprint() {
  const hash = createHash("sha256").update(`${process.version} ${process.platform} ${process.arch}`);
  for (const file of [
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    ".pnpmfile.cjs",
    "package.json",
    ...manifests(),
  ]) {
    hash.update(`\n${file}\n`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function manifests() {
  const nested = ["packages", "examples"]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}/package.json`));
  return [...nested, "site/package.json"].filter((file) => existsSync(file)).sort();
}
