import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface Section {
  readonly name: string;
  readonly claims: readonly Claim[];
}

/** A test that the page says is there. */
interface Claim {
  readonly file: string;
  readonly title: string;
}

function sectionsOf(text: string): readonly Section[] {
  return text
    .split(/^### /mu)
    .slice(1)
    .map((section) => ({
      name: section.split("\n", 1)[0] ?? "",
      claims: [...section.matchAll(/^- `([^`]+)`: (.+)$/gmu)].map(([, file = "", title = ""]) => ({
        file,
        title,
      })),
    }));
}

/** Of a test, or of several made by one table: what stands first in `it(…)`, `it.each(…)(…)`. */
const TITLE = /\b(?:it|describe)(?:\.\w+)?(?:<\w+>)?(?:\((?:[^()]|\([^()]*\))*\))?\(\s*"((?:[^"\\]|\\.)*)"/gu;

/** Titles of the tests in a file, as they stand there. */
function titlesIn(source: string): readonly string[] {
  return [...source.matchAll(TITLE)].map(([, title = ""]) => title.replaceAll('\\"', '"'));
}

/** What the page claims and is not so. */
function untrue(sections: readonly Section[]): readonly string[] {
  return sections.flatMap(({ name, claims }) =>
    claims.length === 0
      ? [`"${name}" is shown by nothing`]
      : claims
          .filter(
            ({ file, title }) => !existsSync(file) || !titlesIn(readFileSync(file, "utf8")).includes(title),
          )
          .map(({ file, title }) => `${file} has no test "${title}"`),
  );
}

describe("a page that says what is tested", () => {
  it.each([
    ["docs/security.md", 15],
    ["docs/proof.md", 25],
  ])("%s names tests that are there, by their titles, for everything it says", (file, atLeast) => {
    const sections = sectionsOf(readFileSync(file, "utf8"));
    expect(sections.length).toBeGreaterThan(atLeast);
    expect(untrue(sections)).toEqual([]);
  });

  it("would be found out", () => {
    const made = sectionsOf(
      "### A\n\n- `scripts/test/claims.test.ts`: would be found out\n### B\n- `scripts/test/claims.test.ts`: it\n" +
        "- `nowhere.test.ts`: would be found out\n### C\n",
    );
    expect(untrue(made)).toEqual([
      'scripts/test/claims.test.ts has no test "it"',
      'nowhere.test.ts has no test "would be found out"',
      '"C" is shown by nothing',
    ]);
  });
});
