import { readFileSync } from "node:fs";
import type { Moderator } from "../moderation/moderator.ts";
import { links } from "../moderation/links.ts";
import { profanity } from "../moderation/profanity.ts";
import { spam } from "../moderation/spam.ts";
import { readList } from "./lists.ts";
import { misused } from "./misused.ts";

type Read = (
  name: "profanity" | "profanity-words" | "spam" | "links" | "links-deny" | "links-shorteners",
) => string | undefined;

/** In the order in which they are asked: what is masked is masked for those behind it. Undefined: nothing is judged. */
export function readModerators(read: Read): readonly Moderator[] | undefined {
  const moderators = [readProfanity(read), readSpam(read), readLinks(read)].filter(
    (each) => each !== undefined,
  );
  return moderators.length === 0 ? undefined : moderators;
}

function readProfanity(read: Read): Moderator | undefined {
  const file = read("profanity-words");
  const action = readAction("profanity", read("profanity"), ["flag", "mask", "refuse"], file !== undefined);
  if (!action) return undefined;
  const lines = file === undefined ? [] : readLines("profanity-words", file);
  const allow = lines.filter((line) => line.startsWith("!")).map((line) => line.slice(1).trim());
  try {
    return profanity({ action, allow, words: lines.filter((line) => !line.startsWith("!")) });
  } catch (error) {
    throw misused(
      `a word in ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function readSpam(read: Read): Moderator | undefined {
  const action = readAction("spam", read("spam"), ["flag", "refuse"], false);
  return action && spam({ action });
}

function readLinks(read: Read): Moderator | undefined {
  const file = read("links-deny");
  const list = read("links-shorteners");
  const action = readAction("links", read("links"), ["flag", "refuse"], (file ?? list) !== undefined);
  if (!action) return undefined;
  return links({
    action,
    deny: file === undefined ? [] : readLines("links-deny", file),
    ...(list !== undefined && { shorteners: list === "off" ? [] : readList(list) }),
  });
}

/** @param isImplied - something that belongs to it is set: it is on, and flags. */
function readAction<Action extends string>(
  name: string,
  text: string | undefined,
  actions: readonly Action[],
  isImplied: boolean,
): Action | undefined {
  if (text === "off") return undefined;
  if (text === undefined) return isImplied ? actions[0] : undefined;
  const action = actions.find((each) => each === text);
  if (action === undefined) throw misused(`${name} is one of ${actions.join(", ")} and off, not "${text}"`);
  return action;
}

/** One a line; empty lines and those that begin with a `#` say nothing. */
function readLines(name: string, file: string): readonly string[] {
  try {
    const lines = readFileSync(file, "utf8")
      .replace(/^\uFEFF/u, "")
      .split("\n")
      .map((line) => line.trim());
    return lines.filter((line) => line !== "" && !line.startsWith("#"));
  } catch (error) {
    throw misused(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
