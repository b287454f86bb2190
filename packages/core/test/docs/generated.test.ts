import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fillBlocks } from "./blocks.ts";
import { generatedFiles } from "./generated.ts";
import { schemaFiles } from "./schemas.ts";
import { nextVersionHash, readVersionHash, wireFault, wireHash } from "./wire-hash.ts";
import { root } from "./root.ts";

describe("what is made from the code", async () => {
  const files = await generatedFiles();

  for (const [path, content] of files) {
    it(`${path} is fresh; if not, run: npm run docs`, () => {
      const url = new URL(path, root);
      expect(existsSync(url) ? readFileSync(url, "utf8") : "missing").toBe(content);
    });
  }

  it("leaves no schema behind that is made no more", () => {
    const there = readdirSync(new URL("docs/schemas/", root)).map((name) => `docs/schemas/${name}`);
    expect(there.sort()).toEqual([...schemaFiles.keys()].sort());
  });
});

describe("a generated part of a page", () => {
  const filled = (kind: string): string =>
    fillBlocks(`a\n<!-- generated: ${kind} -->\nold\n<!-- /generated -->\nb\n`);

  it("replaces what stood there, and nothing around", () => {
    const page = filled("type Head");
    expect(page).toMatch(/^a\n<!-- generated: type Head -->\n/);
    expect(page).toContain("interface Head {\n  conversationId: string;");
    expect(page).not.toContain("old");
    expect(page).toMatch(/<!-- \/generated -->\nb\n$/);
    expect(fillBlocks(page)).toBe(page);
  });

  it("is refused when nobody makes it", () => {
    expect(() => filled("weather")).toThrow("there is no such part");
    expect(() => filled("type Weather")).toThrow("no file of the protocol declares it");
  });
});

describe("the wire", () => {
  it("changes only together with its version", () => {
    expect(wireFault(readVersionHash(root))).toBeUndefined();
  });

  const kept = readVersionHash(root);
  const changed = { ...kept, hash: "0" };

  it("says what to do when it changed", () => {
    expect(wireFault({ ...changed, isReleased: false })).toMatch(
      /hash .* is not up to date[\s\S]*npm run docs/,
    );
    expect(wireFault({ ...changed, isReleased: true })).toMatch(/is published[\s\S]*Raise PROTOCOL_VERSION/);
    expect(wireFault({ ...kept, version: kept.version - 1 })).toMatch(/npm run docs/);
  });

  it("cannot overwrite the hash of a published version, unless the wire is the same", () => {
    const published = { ...changed, isReleased: true };
    expect(() => nextVersionHash(published, false)).toThrow("is published");
    expect(nextVersionHash(published, true)).toEqual({ ...published, hash: wireHash });
    expect(nextVersionHash({ ...published, version: kept.version - 1 }, false)).toEqual({
      version: kept.version,
      isReleased: false,
      hash: wireHash,
    });
  });
});
