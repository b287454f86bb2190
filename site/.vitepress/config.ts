/** Read by vitepress for the pages in `dist/pages`, which `src/build.ts` has put there. */
import { readFileSync } from "node:fs";
import { defineConfig } from "vitepress";
import { slugOf } from "../../scripts/docs/markdown.ts";
import type { Outline } from "../src/sections.ts";

const sections: Outline = JSON.parse(readFileSync(new URL("../dist/outline.json", import.meta.url), "utf8"));

export default defineConfig({
  title: "Tidings",
  description: "Messaging for your app that loses no message, shows none twice, and works offline.",
  lang: "en",
  srcDir: "dist/pages",
  outDir: "dist/www",
  cacheDir: "dist/cache",
  cleanUrls: true,
  metaChunk: true,
  // What is searched is one chunk, fetched by who searches.
  vite: { build: { chunkSizeWarningLimit: 4_000 } },
  head: [["link", { rel: "icon", type: "image/svg+xml", href: "/mark.svg" }]],
  markdown: {
    anchor: { slugify: slugOf },
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
  },
  themeConfig: {
    logo: "/mark.svg",
    outline: [2, 3],
    search: { provider: "local" },
    footer: { message: 'MIT licence · <a href="/llms-full.txt">all of it as plain text</a>' },
    nav: [
      { text: "Quick start", link: "/quick-start" },
      { text: "Guides", link: "/guides/offline", activeMatch: "^/guides/" },
      { text: "Concepts", link: "/architecture" },
      { text: "Errors", link: "/errors" },
      { text: "API", link: "/api/", activeMatch: "^/api/" },
    ],
    sidebar: sections.map(({ title, isFolded, entries }) => ({
      text: title,
      items: [...entries],
      ...(isFolded === true && { collapsed: true }),
    })),
  },
});
