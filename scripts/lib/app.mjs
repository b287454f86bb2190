/** The site of examples/react-chat, built when a source it is made of is newer than it. */
import { isFresh } from "./fresh.mjs";
import { runNode } from "./run.mjs";
import { step } from "./steps.mjs";

const APP = "examples/react-chat";
const PACKAGES = ["core", "react", "storage", "transport-ws"].map((name) => `packages/${name}/src`);
const OWN = ["src", "public", "index.html", "vite.config.ts", "package.json"].map((name) => `${APP}/${name}`);

/**
 * @param {"production" | "development"} [mode] development has React's own checks, and StrictMode's second effects
 * @returns {Promise<number>} the exit code; 0 when the site is there and fresh.
 */
export async function buildApp(mode = "production") {
  const site = mode === "production" ? "dist/site" : `dist/${mode}`;
  if (isFresh(`${APP}/${site}/index.html`, [...PACKAGES, ...OWN, "pnpm-lock.yaml"])) return 0;
  const args = [
    "node_modules/vite/bin/vite.js",
    "build",
    "--logLevel",
    "warn",
    "--mode",
    mode,
    "--outDir",
    site,
  ];
  const options = { cwd: APP, quiet: true, env: { NODE_ENV: mode } };
  return (await step("build the chat app", () => runNode(args, options))).code;
}
