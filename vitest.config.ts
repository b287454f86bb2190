import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";
import { foundServices } from "./scripts/lib/services.mjs";

const conditions = ["source", "module", "node", "development|production"];

/**
 * Such files run one after another in the same processes, and share what they import: a process less for each, and no module
 * twice. Vitest keeps a process while the next file in its order is of the same project and environment.
 */
const shared = { isolate: false, unstubGlobals: true, restoreMocks: true };

const OF_REACT = "packages/react/test/*.test.tsx";

/** Counts the sockets of its process, which is its own. */
const ALONE = "packages/transport-ws/test/ending.test.ts";

export default defineConfig({
  // Sibling packages are read from their sources, so that no test needs a build.
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    env: foundServices(),
    setupFiles: ["scripts/testing/tidy-up.ts"],
    // How fast a machine is, is no test's business: only what never ends is cut off.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Three files for two cores: many wait for a browser, a disk or another process.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    // Vitest begins with the projects whose names come first, and in each with its longest file: the tests in a browser,
    // which take longest, are not what the others wait for in the end.
    projects: [
      {
        extends: true,
        test: { name: "alone", include: ["{examples,site}/**/*.test.{ts,tsx}", ALONE] },
      },
      { extends: true, test: { name: "react", include: [OF_REACT], ...shared } },
      {
        extends: true,
        resolve: { alias: oldestReact("react", "react-dom", "@testing-library/react") },
        test: { name: "react-18", include: [OF_REACT], ...shared },
      },
      {
        extends: true,
        test: {
          name: "shared",
          include: ["packages/*/{src,test}/**/*.test.ts", "scripts/test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ALONE],
          ...shared,
        },
      },
    ],
  },
});

/** Where the hooks' tests find React when they run once more on the oldest we work with. */
function oldestReact(...names: readonly string[]): Record<string, string> {
  const folder = new URL("packages/react/test/react-18/node_modules/", import.meta.url).pathname;
  return Object.fromEntries(names.map((name) => [name, folder + name]));
}
