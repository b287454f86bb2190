import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const page = readFileSync("docs/security.md", "utf8");

interface Threat {
  readonly name: string;
  readonly claims: readonly Claim[];
}

/** A test that the page says is there. */
interface Claim {
  readonly file: string;
  readonly title: string;
}

function threatsOf(text: string): readonly Threat[] {
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

/** Titles of the tests in a file, as they stand there. */
function titlesIn(source: string): readonly string[] {
  return [...source.matchAll(/\bit\(\s*"((?:[^"\\]|\\.)*)"/gu)].map(([, title = ""]) =>
    title.replaceAll('\\"', '"'),
  );
}

/** What the page claims and is not so. */
function untrue(threats: readonly Threat[]): readonly string[] {
  return threats.flatMap(({ name, claims }) =>
    claims.length === 0
      ? [`"${name}" is shown by nothing`]
      : claims
          .filter(
            ({ file, title }) => !existsSync(file) || !titlesIn(readFileSync(file, "utf8")).includes(title),
          )
          .map(({ file, title }) => `${file} has no test "${title}"`),
  );
}

describe("docs/security.md", () => {
  it("names for every threat tests that are there, by their titles", () => {
    const threats = threatsOf(page);
    expect(threats.length).toBeGreaterThan(15);
    expect(untrue(threats)).toEqual([]);
  });

  it("would be found out", () => {
    const made = threatsOf(
      "### A\n\n- `scripts/test/security.test.ts`: would be found out\n### B\n- `scripts/test/security.test.ts`: it\n" +
        "- `nowhere.test.ts`: would be found out\n### C\n",
    );
    expect(untrue(made)).toEqual([
      'scripts/test/security.test.ts has no test "it"',
      'nowhere.test.ts has no test "would be found out"',
      '"C" is shown by nothing',
    ]);
  });
});
