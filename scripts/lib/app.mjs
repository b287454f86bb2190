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

const DEMO = `${APP}/dist/demo.mjs`;
const BUNDLER = "scripts/lib/bundle-program.mjs";
const SERVER = ["core", "server", "transport-ws"].map((name) => `packages/${name}/src`);

/**
 * The demo's own program as one file: to take the types out of some hundred files at every start costs two seconds.
 * What is installed is not copied in but named where it lies, so the file is good for this clone only.
 *
 * @returns {Promise<number>} the exit code; 0 when it is there and fresh.
 */
export async function buildDemo() {
  if (isFresh(DEMO, [...SERVER, `${APP}/demo`, `${APP}/demo.ts`, BUNDLER, "pnpm-lock.yaml"])) return 0;
  const work = async () => {
    const { bundleProgram } = await import("./bundle-program.mjs");
    await bundleProgram(`${APP}/demo.ts`, DEMO);
    return { code: 0, output: "" };
  };
  return (await step("build the demo", work)).code;
}
