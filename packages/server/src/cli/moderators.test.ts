import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readArguments } from "./arguments.ts";

const context = { authorId: "ada", conversationId: "tea", at: 0, isEdit: false };
let folder = "";

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "tidings-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const fileOf = (text: string): string => {
  const file = join(folder, "list.txt");
  writeFileSync(file, text);
  return file;
};

/** What becomes of each text on a server that is started like that. */
async function fates(
  words: readonly string[],
  texts: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const invocation = readArguments(words, environment);
  if (invocation.command !== "serve") throw new Error();
  const { moderators = [] } = invocation.settings.server;
  const fateOf = async (text: string): Promise<string> => {
    const verdicts: string[] = [];
    for (const moderator of moderators)
      verdicts.push((await moderator({ kind: "text", text, ranges: [] }, context)).type);
    return verdicts.join(" ");
  };
  return Promise.all(texts.map(fateOf));
}

describe("moderators on the command line", () => {
  it("are off unless they are named, and then do what is said (rows D3, D4, D5)", async () => {
    const texts = ["what the fuck", "good morning", "https://bank.example@evil.example"];
    expect(await fates([], texts)).toEqual(["", "", ""]);
    expect(await fates(["--profanity", "off"], texts, { TIDINGS_PROFANITY: "mask" })).toEqual(["", "", ""]);
    for (const action of ["flag", "mask", "refuse"])
      expect(await fates(["--profanity", action], texts)).toEqual([action, "pass", "pass"]);
    expect(await fates(["--links", "refuse"], texts)).toEqual(["pass", "pass", "refuse"]);
    const said = Array.from({ length: 5 }, () => "buy my cheap watches");
    expect(await fates([], said, { TIDINGS_SPAM: "refuse" })).toContain("refuse");
    const all = { TIDINGS_PROFANITY: "mask", TIDINGS_SPAM: "flag", TIDINGS_LINKS: "flag" };
    expect(await fates([], ["fuck"], all)).toEqual(["mask pass pass"]);
  });

  it("take words and sites from files, in which lines may explain", async () => {
    const words = fileOf("\uFEFF# ours\r\n\r\n|plonker|\r\n!fucking, austria\r\n");
    expect(await fates(["--profanity-words", words], ["you plonker", "Fucking, Austria"])).toEqual([
      "flag",
      "pass",
    ]);
    const sites = fileOf("# theirs\nevil.example\n");
    const texts = ["http://www.evil.example/a", "https://bit.ly/a", "https://short.example/a"];
    expect(await fates(["--links-deny", sites], texts)).toEqual(["refuse", "flag", "pass"]);
    expect(await fates(["--links", "flag", "--links-shorteners", "short.example"], texts)).toEqual([
      "pass",
      "pass",
      "flag",
    ]);
    expect(await fates(["--links-shorteners", "off"], texts)).toEqual(["pass", "pass", "pass"]);
  });

  it.each([
    ["--profanity", "loudly"],
    ["--spam", "mask"],
    ["--links", "on"],
    ["--profanity-words", "/nowhere.txt"],
    ["--links-deny", "/nowhere.txt"],
  ])("are refused as %s %s", (flag, value) => {
    expect(() => readArguments([flag, value], {})).toThrow(/^unable to start; /u);
  });

  it("say which file has a word that is none", () => {
    const file = fileOf("[half");
    expect(() => readArguments(["--profanity-words", file], {})).toThrow(file);
  });
});
