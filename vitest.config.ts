import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { foundServices } from "./scripts/lib/services.mjs";

const conditions = ["source", "module", "node", "development|production"];

export default defineConfig({
  // Sibling packages are read from their sources, so that no test needs a build.
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    env: foundServices(),
    // How fast a machine is, is no test's business: only what never ends is cut off.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Three files for two cores: many wait for a browser, a disk or another process.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    projects: [
      {
        extends: true,
        // Beside the code stand tests of values and machines, which share nothing but modules: each is imported once.
        test: {
          name: "units",
          include: ["packages/*/src/**/*.test.{ts,tsx}"],
          isolate: false,
          unstubGlobals: true,
          restoreMocks: true,
        },
      },
      {
        extends: true,
        test: {
          name: "workspace",
          include: [
            "packages/*/test/**/*.test.{ts,tsx}",
            "examples/*/**/*.test.{ts,tsx}",
            "scripts/test/**/*.test.ts",
            "site/test/*.test.ts",
          ],
        },
      },
      {
        extends: true,
        resolve: { alias: oldestReact("react", "react-dom", "@testing-library/react") },
        test: { name: "react-18", include: ["packages/react/test/*.test.tsx"] },
      },
    ],
  },
});

/** Where the hooks' tests find React when they run once more on the oldest we work with. */
function oldestReact(...names: readonly string[]): Record<string, string> {
  const folder = new URL("packages/react/test/react-18/node_modules/", import.meta.url).pathname;
  return Object.fromEntries(names.map((name) => [name, folder + name]));
}
