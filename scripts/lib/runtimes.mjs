/** The packages where apps run that are neither a bundler's nor Node's: tries of one app in a project it is installed in. */
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { build as esbuild } from "esbuild";
import { chromium } from "playwright-core";
import { REACT_NATIVE, STARTED } from "./react-native-app.mjs";
import { run, runNode } from "./run.mjs";
import { foundServices } from "./services.mjs";
import { APP, SAID } from "./smoke-app.mjs";

/** @typedef {(project: string) => Promise<string>} Try says what is wrong, if anything */

/** @satisfies {Record<string, Try>} */
export const HERE = {
  "a page under a strict CSP": async (project) => {
    const { TIDINGS_CHROMIUM: executablePath } = foundServices();
    if (executablePath === undefined) return "";
    const entry = `${APP}\nimport { createSanitizer } from "@tidings/core/html";
globalThis.clean = createSanitizer(window)("<b class=x>bold</b><script>1</script>");`;
    const script = await bundled(project, entry, "csp.js", {});
    return visit(executablePath, script);
  },
  "React Native's globals": async (project) => {
    await bundled(project, REACT_NATIVE, "native.js", { format: "iife", platform: "neutral" });
    writeFileSync(join(project, "start.mjs"), STARTED);
    const { output } = await runNode(["start.mjs"], { cwd: project, quiet: true });
    const wanted =
      "true hello, sent\nunable to make ids; crypto.getRandomValues is missing: import a polyfill first";
    return output.startsWith(wanted) ? "" : `said ${output}`;
  },
};

const [platform, arch] = [process.platform, process.arch];

/** Programs that come as packages, each of some 100 MB, for this machine. */
export const PROGRAMS = {
  [`@cloudflare/workerd-${platform}-${arch === "x64" ? "64" : arch}`]: "1.20261117.1",
  [`@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`]: "2.9.6",
  [`@oven/bun-${platform}-${arch === "arm64" ? "aarch64" : arch}`]: "1.4.5",
};

const [workerd = "", deno = "", bun = ""] = Object.keys(PROGRAMS);

/** Need `PROGRAMS`. @satisfies {Record<string, Try>} */
export const FETCHED = {
  "workerd, the runtime of Cloudflare's workers": async (project) => {
    const worker = `export default { async test() {
      await import("./app.js"); // within the handler: outside of one a worker may neither wait nor draw by chance
      if ((await globalThis.said) !== ${JSON.stringify(SAID)}) throw new Error("said " + (await globalThis.said));
    } };`;
    await bundled(project, worker, "worker.js", {});
    writeFileSync(join(project, "worker.capnp"), WORKER);
    return silent(
      await run(
        join(project, "node_modules", workerd, "bin/workerd"),
        ["test", join(project, "worker.capnp")],
        { quiet: true },
      ),
    );
  },
  Deno: (project) =>
    says(project, join("node_modules", deno, "deno"), ["run", "--allow-env", "--allow-net", "--no-prompt"]),
  Bun: (project) => says(project, join("node_modules", bun, "bin/bun"), ["run"]),
};

const WORKER = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .worker)]);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-10-01",
);
`;

/** @param {import("./run.mjs").RunResult} result */
function silent({ code, output }) {
  return code === 0 ? "" : `ended with ${code}: ${output}`;
}

/** Runs the app, then talks to a server over the runtime's own socket. @param {string} project @param {string} program @param {string[]} args */
async function says(project, program, args) {
  writeFileSync(join(project, "say.mjs"), TALK);
  const { createServer: serve } = await import(
    pathToFileURL(join(project, "node_modules/@tidings/server/dist/index.js")).href
  );
  const server = await serve({ port: 0 });
  const env = { ADDRESS: server.url, TOKEN: await server.issueToken("ada") };
  const quiet = { NO_COLOR: "1", DO_NOT_TRACK: "1", DENO_NO_UPDATE_CHECK: "1" };
  const options = { cwd: project, quiet: true, env: { ...env, ...quiet } };
  const { output } = await run(join(project, program), [...args, "say.mjs"], options);
  await server.close();
  return output.trim() === `${SAID}, sent` ? "" : `said ${output}`;
}

const TALK = `import process from "node:process";
import { createClient } from "@tidings/core";
import { webSocketTransport } from "@tidings/transport-ws";
import "./app.js";

const { ADDRESS, TOKEN } = process.env;
const client = createClient({ transport: webSocketTransport({ url: ADDRESS }), auth: TOKEN });
await client.connect();
const sent = await client.conversation("general").send("hello");
await sent.settled();
await client.close();
console.log((await globalThis.said) + ", " + sent.status);
`;

/** @param {string} project @param {string} source @param {string} name @param {import("esbuild").BuildOptions} options */
async function bundled(project, source, name, options) {
  const file = join(project, name);
  await esbuild({
    stdin: { contents: source, resolveDir: project },
    ...{ bundle: true, format: "esm", platform: "browser", outfile: file, logLevel: "silent" },
    ...{ define: { "process.env.NODE_ENV": '"production"' }, mainFields: ["browser", "module", "main"] },
    ...options,
  });
  return file;
}

/** Opens a page of that script alone, from a server that allows nothing but itself. @param {string} executablePath @param {string} script */
async function visit(executablePath, script) {
  const code = readFileSync(script, "utf8");
  const server = createServer(({ url }, response) => {
    response.setHeader("content-security-policy", "default-src 'self'");
    response.setHeader("content-type", url === "/app.js" ? "text/javascript" : "text/html");
    response.end(url === "/app.js" ? code : '<script type="module" src="/app.js"></script>');
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const refused = [];
    page.on("console", (message) => message.type() === "error" && refused.push(message.text()));
    page.on("pageerror", (error) => refused.push(String(error)));
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction("globalThis.clean");
    const said = await page.evaluate("globalThis.said.then((words) => words + globalThis.clean)");
    const faults = refused.filter((text) => !text.includes("favicon"));
    return said === `${SAID}<b>bold</b>` && faults.length === 0 ? "" : `said ${said} ${faults.join("\n")}`;
  } finally {
    await browser.close();
    server.close();
  }
}
