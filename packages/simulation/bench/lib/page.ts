import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import { bundlePage } from "../../../../scripts/browser/bundle.ts";
import { chromiumPath, FLAGS } from "../../../../scripts/browser/chromium.ts";

/** An origin for pages; nothing is there, every request is answered here. It is one that browsers trust. */
const ORIGIN = "http://tidings.localhost";

/**
 * Opens `page/<name>.ts` in Chromium, with a profile on disk that goes with it.
 *
 * @returns what `work` found; `undefined` where there is no Chromium.
 */
export async function inPage<T>(name: string, work: (page: Page) => Promise<T>): Promise<T | undefined> {
  if (chromiumPath === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "tidings-bench-"));
  const site = join(folder, "site");
  await bundlePage(fileURLToPath(new URL(`../page/${name}.ts`, import.meta.url)), site);
  const options = { executablePath: chromiumPath, args: [...FLAGS] };
  const context = await chromium.launchPersistentContext(join(folder, "profile"), options);
  try {
    // Such an origin counts as a public one, and the servers of the benches are on this machine.
    await context.grantPermissions(["local-network-access"], { origin: ORIGIN });
    const page = await context.newPage();
    await page.route(`${ORIGIN}/**`, async (route) => {
      const isScript = new URL(route.request().url()).pathname === "/page.js";
      const [file, contentType] = isScript ? ["page.js", "text/javascript"] : ["index.html", "text/html"];
      await route.fulfill({ body: readFileSync(join(site, file)), contentType });
    });
    await page.goto(ORIGIN);
    return await work(page);
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
