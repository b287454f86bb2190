import type { MessageRecord } from "@tidings/core/protocol";
import type { History } from "../history.ts";
import { textOf } from "../texts.ts";
import { hasLetter, letterOf } from "./letters.ts";
import type { Chronicle } from "./chronicle.ts";
import { type Face, faceOf, idOf } from "./face.ts";
import type { MemberState } from "./word.ts";
import { saidFirst } from "./words.ts";

/** Something that must not be at the end of a run. */
export interface Finding {
  readonly type:
    | "lost"
    | "doubled"
    | "disorder"
    | "unlike the server"
    | "cache"
    | "invented"
    | "file"
    | "defect"
    | "undone"
    | "resurrected";
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
  const failed = new Set([...states.values()].flatMap((state) => state.failed.map(({ id }) => id)));
  /** What it said at first: it may say something else by now, or nothing. */
  const said = (message: MessageRecord): string =>
    promised.get(message.id)?.text ?? saidFirst(textOf(message));
  const texts = messages.map(said).filter((text) => text !== "");
  for (const [id, { userId, text }] of promised)
    if (!there.has(id) && !failed.has(id)) add("lost", `${userId}: "${text}" (${id})`);
  for (const text of doubles(texts)) add("doubled", text);
  for (const id of doubles(ids)) add("doubled", id);
  const refused = new Set(refusals.map(({ text }) => text));
  for (const text of texts) if (refused.has(text)) add("invented", text);
  for (const { userId, text, code } of refusals)
    if (code !== "storage/full") add("defect", `${userId}: "${text}" was refused for ${code}`);
  messages.forEach(({ seq, id }, index) => {
    if (seq !== index + 1) add("disorder", `${id} has place ${seq} and not ${index + 1}`);
  });
  for (const what of overtaken(texts)) add("disorder", what);
  for (const message of messages.filter(({ deletedAt }) => deletedAt === undefined)) {
    const [text, letter] = [said(message), letters.get(message.id)];
    if (hasLetter(text) && letter !== letterOf(text))
      add("file", `"${text}" has ${letter?.slice(0, 80) ?? "none"} …`);
  }

  const faces = messages.map((message) => faceOf(message));
  const newest = faces.slice(-CACHED_MESSAGES);
  for (const [userId, { messages: shown, stored }] of states) {
    for (const what of difference(shown, faces)) add("unlike the server", `${userId} shows ${what}`);
    for (const what of difference(stored.messages, newest)) add("cache", `${userId} has stored ${what}`);
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

/** The first place at which two lists of messages part. */
function* difference(here: readonly Face[], there: readonly Face[]): Generator<string> {
  const at = there.findIndex((face, index) => here[index] !== face);
  if (at === -1 && here.length === there.length) return;
  const [shown = "nothing", real = "nothing"] = [here[at], there[at]];
  const what = idOf(shown) === idOf(real) ? "the same message otherwise" : "another message";
  yield `${here.length} of ${there.length} messages; at ${at} ${what}: ${shown} instead of ${real}`;
}
