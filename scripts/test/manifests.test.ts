import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { readWorkspace } from "../architecture/workspace.ts";

interface Manifest {
  readonly private?: boolean;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const folders = readWorkspace(".").packages.map(({ folder }) => folder);
const read = (folder: string): Manifest => JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));

const { beforePacking } = createRequire(import.meta.url)("../../.pnpmfile.cjs").hooks;

it("publishes ranges, so that an app may raise what the lockfile pins here; plugins keep to what they plug into", () => {
  const dependencies = { dompurify: "3.4.18", linkifyjs: "4.3.3", "@tidings/core": "1.0.0", x: "~1.2.3" };
  expect(beforePacking({ dependencies, exports: {} })).toEqual({
    exports: {},
    dependencies: { dompurify: "^3.4.18", linkifyjs: "4.3.3", "@tidings/core": "1.0.0", x: "~1.2.3" },
  });
});

it("says where a release comes from, where it is made", () => {
  vi.stubEnv("GITHUB_SERVER_URL", "https://code.example");
  vi.stubEnv("GITHUB_REPOSITORY", "us/tidings");
  const { repository } = beforePacking({ name: "@tidings/core", exports: {} });
  vi.unstubAllEnvs();
  expect(repository).toEqual({
    type: "git",
    url: "git+https://code.example/us/tidings.git",
    directory: "packages/core",
  });
});

describe("the workflows", () => {
  const names = readdirSync(".github/workflows");
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));

  it.each(names)("%s calls what there is, and holds no secret", (name) => {
    const text = readFileSync(`.github/workflows/${name}`, "utf8");
    const { jobs } = parse(text);
    const called = [...text.matchAll(/npm run ([\w-]+)|bash (\S+)|uses: \.\/(\S+)/g)];
    const missing = called.filter(([, script, ...files]) => {
      return script ? !(script in scripts) : !files.every((file) => file === undefined || existsSync(file));
    });
    expect(Object.keys(jobs).length).toBeGreaterThan(0);
    expect(called.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
    expect(text).not.toMatch(/secrets\.|registry/);
  });

  it("publishes with an identity of its own, after all else has passed", () => {
    const { jobs } = parse(readFileSync(".github/workflows/release.yml", "utf8"));
    expect(jobs.release).toMatchObject({ needs: "check", permissions: { "id-token": "write" } });
    expect(JSON.stringify(jobs.release.steps)).toContain("npx changeset publish");
  });
});

describe.each(folders)("the manifest of %s", (folder) => {
  const manifest = read(folder);

  it("takes every version from the catalog or the workspace", () => {
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(all.filter(([, version]) => version !== "catalog:" && version !== "workspace:*")).toEqual([]);
  });
});

describe.each(folders.filter((folder) => !read(folder).private))("what is published from %s", (folder) => {
  const manifest = read(folder);

  it("says what registries and bundlers want to know", () => {
    expect(manifest).toMatchObject({
      license: "MIT",
      type: "module",
      sideEffects: false,
      engines: { node: ">=20.19" },
      files: expect.arrayContaining(["dist"]),
      description: expect.stringMatching(/.\.$/),
      keywords: expect.arrayContaining(["messaging"]),
    });
    expect(existsSync(`${folder}/README.md`)).toBe(true);
  });

  it("has doors that build from a source: first `source`, then `types`, then `default`", () => {
    const doors = Object.values(manifest.exports ?? {});
    expect(doors.map((door) => Object.keys(door).join())).toEqual(doors.map(() => "source,types,default"));
    for (const door of doors) {
      const built = door["source"]?.replace("./src/", "./dist/").replace(/\.tsx?$/, "");
      expect(door).toMatchObject({ types: `${built}.d.ts`, default: `${built}.js` });
    }
  });
});
