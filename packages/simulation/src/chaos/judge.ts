import type { History } from "../history.ts";
import { textOf } from "../texts.ts";
import { hasLetter, letterOf } from "./letters.ts";
import type { MemberState } from "./chatter.ts";
import type { Chronicle } from "./chronicle.ts";

/** Something that must not be at the end of a run. */
export interface Finding {
  readonly type:
    "lost" | "doubled" | "disorder" | "unlike the server" | "cache" | "invented" | "file" | "defect";
  readonly what: string;
}

/** K8: so many of a conversation's messages a client keeps, the newest, and all where there are no more. */
const CACHED_MESSAGES = 1_000;

/**
 * What was promised exists exactly once, in one order, in the server's store, at every member, and in what every member
 * has stored. Between the crash of a process and its next breath a message may exist of which nobody was told: that is
 * no loss, but even that one exists once only. What was sent with a file has it, every byte.
 *
 * @param letters - what the files of messages hold.
 */
export function judge(
  { promised, refusals, failures }: Pick<Chronicle, "promised" | "refusals" | "failures">,
  { messages }: Pick<History, "messages">,
  states: ReadonlyMap<string, MemberState>,
  letters: ReadonlyMap<string, string>,
): readonly Finding[] {
  const ids = messages.map(({ id }) => id);
  const found: Finding[] = failures.map((what) => ({ type: "defect", what }));
  const add = (type: Finding["type"], what: string): void => void found.push({ type, what });

  const there = new Set(ids);
  const failed = new Set([...states.values()].flatMap((state) => state.failed));
  for (const [id, { userId, text }] of promised)
    if (!there.has(id) && !failed.has(id)) add("lost", `${userId}: "${text}" (${id})`);
  for (const text of doubles(messages.map(textOf))) add("doubled", text);
  for (const id of doubles(ids)) add("doubled", id);
  const refused = new Set(refusals.map(({ text }) => text));
  for (const message of messages) if (refused.has(textOf(message))) add("invented", textOf(message));
  for (const { userId, text, code } of refusals)
    if (code !== "storage/full") add("defect", `${userId}: "${text}" was refused for ${code}`);
  messages.forEach(({ seq, id }, index) => {
    if (seq !== index + 1) add("disorder", `${id} has place ${seq} and not ${index + 1}`);
  });
  for (const what of overtaken(messages.map(textOf))) add("disorder", what);
  for (const message of messages) {
    const [text, letter] = [textOf(message), letters.get(message.id)];
    if (hasLetter(text) && letter !== letterOf(text))
      add("file", `"${text}" has ${letter?.slice(0, 80) ?? "none"} …`);
  }

  for (const [userId, { shown, cached }] of states) {
    if (shown.join() !== ids.join()) add("unlike the server", `${userId} shows ${difference(shown, ids)}`);
    const newest = ids.slice(-CACHED_MESSAGES);
    if (cached.join() !== newest.join()) add("cache", `${userId} has stored ${difference(cached, newest)}`);
  }
  return found;
}

function doubles(values: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return values.filter((value) => seen.size === seen.add(value).size);
}

/** D7: within one life, "ada 3 17" comes before "ada 3 18"; a message with a file takes its place when that is there. */
function* overtaken(texts: readonly string[]): Generator<string> {
  const last = new Map<string, number>();
  for (const text of texts.filter((each) => !hasLetter(each))) {
    const [, life = "", count = "0"] = /^(.*) (\d+)$/.exec(text) ?? [];
    if (Number(count) < (last.get(life) ?? -1)) yield `"${text}" came after "${life} ${last.get(life)}"`;
    last.set(life, Number(count));
  }
}

function difference(here: readonly string[], there: readonly string[]): string {
  const at = there.findIndex((id, index) => here[index] !== id);
  return `${here.length} of ${there.length} messages; at ${at} ${here[at] ?? "nothing"} instead of ${there[at] ?? "nothing"}`;
}
