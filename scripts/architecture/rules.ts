/** What may import what, and what may be used where: data only. `check.ts` applies it. */

export interface PackageRule {
  /** Folders of `src` from bottom to top: a folder imports only from itself and those before it. Absent: no layers. */
  readonly layers?: readonly string[];
  /** Doors of our other packages it ships imports of. `"any"` for what is never published. */
  readonly doors: readonly string[] | "any";
  /** Identifiers no source file may use, each with the files that may. */
  readonly bans: readonly Ban[];
}

export interface Ban {
  /** A global (`Date`), a member of one (`Math.random`), or a scheme of module names (`node:`). */
  readonly name: string;
  readonly except: readonly string[];
  readonly reason: string;
}

const clock = (name: string): Ban => ({
  name,
  except: ["base/clock.ts"],
  reason: "time comes from the injected Clock",
});

const chance = (name: string): Ban => ({
  name,
  except: ["base/random.ts"],
  reason: "chance comes from the injected Random",
});

const nodeOnly = (name: string): Ban => ({ name, except: [], reason: "this package runs in browsers" });

const time = ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate"];
const browserSafe = ["node:", "process", "Buffer", "require", "__dirname", "__filename"].map(nodeOnly);

const CORE_DOORS = [
  "@tidings/core",
  "@tidings/core/protocol",
  "@tidings/core/domain",
  "@tidings/core/errors",
];

/** By folder: `packages/<name>` and `examples/<name>`. A package not listed here is an error. */
export const PACKAGE_RULES: Readonly<Record<string, PackageRule>> = {
  "packages/core": {
    layers: [
      "base",
      "errors",
      "protocol",
      "domain",
      "ports",
      "compose",
      "rate-limit",
      "delivery",
      "timeline",
      "presence",
      "outbox",
      "connection",
      "cache",
      "sync",
      "tabs",
      "memory",
      "client",
      "uploads",
      "media",
      "observe",
      "bindings",
      "testing",
      "inspect",
    ],
    doors: [],
    bans: [
      ...time.map(clock),
      { ...clock("performance"), except: ["base/clock.ts", "base/heap.ts"] },
      ...["Math.random", "crypto"].map(chance),
      ...browserSafe,
      // Each is bundled only by those who import its door; an import from elsewhere would give it to everyone.
      { name: "dompurify", except: ["compose/html.ts"], reason: "only users of the html door ship it" },
      { name: "thumbhash", except: ["media/placeholder.ts"], reason: "only users of the media door ship it" },
      { name: "linkify*", except: ["compose/links.ts"], reason: "only users of the links door ship it" },
      {
        name: "obscenity",
        except: ["compose/profanity/find-profanity.ts"],
        reason: "only users of the profanity door ship it",
      },
      {
        name: "@opentelemetry/*",
        except: ["observe/open-telemetry.ts", "observe/otel-meter.ts"],
        reason: "only users of the otel door have it",
      },
    ],
  },
  "packages/transport-ws": { doors: [...CORE_DOORS, "@tidings/core/memory"], bans: browserSafe },
  "packages/transport-appsync": { doors: CORE_DOORS, bans: browserSafe },
  "packages/storage": { doors: CORE_DOORS, bans: [] },
  "packages/react": {
    doors: [
      ...CORE_DOORS,
      "@tidings/core/bindings",
      "@tidings/core/figures",
      "@tidings/core/moderation",
      "@tidings/core/push",
      "@tidings/core/previews",
      "@tidings/core/search",
      "@tidings/core/uploads",
      "@tidings/core/media",
      "@tidings/core/markdown",
    ],
    bans: browserSafe,
  },
  "packages/server": {
    doors: [
      "@tidings/core/protocol",
      "@tidings/core/domain",
      "@tidings/core/errors",
      "@tidings/core/profanity",
    ],
    bans: [],
  },
  "packages/load": {
    doors: ["@tidings/core", "@tidings/core/protocol", "@tidings/transport-ws", "@tidings/server"],
    bans: [],
  },
  "packages/simulation": { doors: "any", bans: [] },
  "examples/apigateway-backend": { doors: "any", bans: [] },
  "examples/custom-storage": { doors: "any", bans: [] },
  "examples/custom-transport": { doors: "any", bans: [] },
  "examples/error-reports": { doors: "any", bans: [] },
  "examples/vanilla": { doors: "any", bans: [] },
  "examples/vue-composable": { doors: "any", bans: [] },
  "examples/svelte-store": { doors: "any", bans: [] },
  "examples/node-bot": { doors: "any", bans: [] },
  "examples/ssr": { doors: "any", bans: [] },
  "examples/next-app": { doors: "any", bans: [] },
  "examples/react-chat": { doors: "any", bans: [] },
};

/** The laws of docs/architecture.md: each must be named by a test, and no test may name another. */
export const LAWS: readonly string[] = Array.from({ length: 10 }, (_, index) => `D${index + 1}`);

/** Folders that tests, benches and packages never published may read by path: no part of what is published, and of use to several. */
export const SHARED_FOLDERS: readonly string[] = [
  "packages/core/test/frames/",
  "packages/core/bench/",
  "packages/transport-appsync/test/backend/",
  "packages/transport-appsync/test/dynamo/",
  "packages/transport-appsync/test/endpoint/",
  "packages/transport-ws/test/gateway/",
  "scripts/architecture/",
  "scripts/browser/",
  "scripts/docs/",
  "scripts/testing/",
];

/** Lines of a function that are its own: those of functions inside it count for them. */
export const MAX_OWN_LINES = 60;
