/** Builds the site, as any app with JSX is built, and starts it: `node --import ts-blank-space/register examples/ssr/start.ts`. */
import { fork } from "node:child_process";
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { bundleClient, bundleMain, file } from "./bundle.ts";

await bundleMain(file("dist/main.js"));
await writeFile(file("dist/client.js"), await bundleClient());
const execArgv = ["--conditions=source", "--import", "ts-blank-space/register"];
const site = fork(file("dist/main.js"), { execArgv });
site.on("exit", (code) => process.exit(code ?? 1));
