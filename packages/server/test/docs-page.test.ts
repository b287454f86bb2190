import { describe, expect, it } from "vitest";
import { chromiumPath, launchChromium } from "../../../scripts/browser/chromium.ts";
import { commandRoutes, otherRoutes, queryRoutes } from "../src/api/routes.ts";
import { start } from "./support/start.ts";

const operations = [commandRoutes, queryRoutes, otherRoutes].flatMap((table) => Object.keys(table)).length;

describe.skipIf(chromiumPath === undefined)("/docs in Chromium", () => {
  it(
    "shows every operation, under its policy and with nothing from elsewhere",
    { timeout: 60_000 },
    async () => {
      const server = await start();
      const browser = await launchChromium();
      try {
        const page = await browser.newPage();
        const complaints: string[] = [];
        page.on("console", (line) => line.type() === "error" && complaints.push(line.text()));
        page.on("pageerror", (error) => complaints.push(String(error)));
        page.on("request", (request) => {
          if (!request.url().startsWith(server.httpUrl) && !request.url().startsWith("data:"))
            complaints.push(request.url());
        });
        await page.goto(`${server.httpUrl}/docs`);
        await page.getByText("/v1/conversations/{conversationId}/messages/{messageId}/pin").first().waitFor();
        expect(await page.locator(".opblock").count()).toBe(operations);
        expect(complaints).toEqual([]);
      } finally {
        await browser.close();
      }
    },
  );
});
