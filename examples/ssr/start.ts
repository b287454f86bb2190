/** Starts the site: `node --conditions=source --import ts-blank-space/register examples/ssr/start.ts`. */
import process from "node:process";
import { bundleClient, bundleSite } from "./bundle.ts";

const { startSite } = await import(await bundleSite());
const site = await startSite(await bundleClient(), Number(process.env["PORT"] ?? 8080));
console.log(`${site.url}/?user=ada and ${site.url}/?user=ben; Ctrl-C ends it`);
