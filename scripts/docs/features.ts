/** What Tidings does, feature by feature, with the tests that show it: a title that shows one ends with its ids, `… (row E2)`. */
import { format, resolveConfig } from "prettier";
import { titlesIn } from "../architecture/laws.ts";
import { isTest, readWorkspace } from "../architecture/workspace.ts";

/** The rows, by area. */
export const features: Readonly<Record<string, string>> = {
  A15: "Files fetched when they come near the screen",
  A16: "Images made smaller, and freed of what cameras write into them",
  A17: "Memory in use, and when it gets short",
  A20: "Recommendations from the client itself",
  C4: "History by pages, by date and by filters",
  C5: "Messages written, read, edited and deleted",
  C14: "How long messages are kept, by a server and by a conversation",
  C15: "What is taken back or not kept leaves a trace of who and when",
  D1: "Content checked: length, form, structure",
  D2: "Markup and links made harmless",
  D3: "Profanity flagged, masked or refused",
  D4: "Patterns of spam",
  D5: "Links that are not what they seem",
  D10: "People blocked and unblocked",
  D6: "Emoji and mentions checked",
  D12: "How often one may, told by the backend and kept by the client",
  D19: "Who did what, and every message as it was before",
  D24: "Moderation before anybody sees it, by rules and by scores",
  D25: "What is kept of a person, or of a conversation, to take along and to erase",
  E2: "A conversation archived or muted, for everybody or for oneself",
  E3: "A conversation with what it is called, its settings, and what was said last",
  E4: "What a person sets for themselves in a conversation",
  E5: "Conversations begun and listed, people brought in and let go",
  E6: "As many people in a conversation as the policy allows",
  E7: "Who is in it and what they may do, set by those who look after it",
  F1: "Messages of every kind, polls among them",
  F2: "Reactions, counted, and whose",
  F3: "Replies with what they quote, threads, pins",
  F4: "A message edited, and what it said before",
  F5: "A message deleted for all, or for oneself",
  F6: "Messages forwarded to other conversations",
  F7: "Mentions and hashtags found, and found by",
  F8: "Links found in a text, and what they lead to",
  F9: "Who has got a message, and who has read it",
  F10: "Voice messages",
  F11: "Unread messages counted, and those that mention one",
  F12: "Notifications by rules, pushed and shown, on every device once",
  F13: "Emoji by name",
  G1: "Addresses to put files to, signed for one part each",
  G2: "Files in a folder, or in any storage that speaks S3",
  G3: "Size and type of a file checked, with what would put it right",
  G4: "Files judged by their bytes, and looked through before anybody sees them",
  G5: "Thumbnails, posters and placeholders",
  G6: "Progress of an upload, held up and resumed",
  G7: "Files handed out by a CDN",
  G8: "Files in messages, with what is shown before they are there",
  G9: "Who may upload, and how much",
  H1: "Full-text search, on the server and on the device",
  H2: "What a search found, remembered for half a minute",
  I1: "Messages sent, and reminders, at a time one chooses",
  I2: "A conversation in figures",
  I3: "What people do, told to the app and its observers",
  J1: "Levels of log, and its export",
  J2: "Metrics of a client",
  J3: "Health, with its reasons",
  J9: "Latencies, cache, links and storage in figures",
  M4: "Tests of what must not be possible",
};

const ROWS = /\(rows? ([A-Z]\d+(?:, [A-Z]\d+)*)\)$/;

export interface Shown {
  readonly row: string;
  readonly title: string;
  readonly path: string;
}

/** Every row that a title names, and where. */
export function shownIn(files: ReadonlyMap<string, string>): readonly Shown[] {
  return [...files]
    .filter(([path]) => isTest(path) || path.endsWith("-suite.ts"))
    .flatMap(([path, text]) =>
      titlesIn(path, text).flatMap((title) => {
        const [marked = "", rows = ""] = ROWS.exec(title) ?? [];
        const said = title.slice(0, title.length - marked.length).trim();
        return rows === "" ? [] : rows.split(", ").map((row) => ({ row, title: said, path }));
      }),
    )
    .sort((one, other) => compare(one.path + one.title, other.path + other.title));
}

/** The page `docs/features.md` as it should be. */
export async function featuresPage(root: string): Promise<string> {
  const shown = shownIn(readWorkspace(root).files);
  const rows = Object.entries(features).map(([row, what]) => {
    const tests = shown
      .filter((each) => each.row === row)
      .map(({ title, path }) => `[${title.replace(/^\[[^\]]*\] /, "")}](../${path})`);
    return `| ${row} | ${what} | ${tests.join("<br>")} |`;
  });
  const config = await resolveConfig("docs/features.md");
  return format([HEAD, ...rows, ""].join("\n"), { ...config, parser: "markdown" });
}

const HEAD = `# Features

Each feature with the tests that show it, made from their titles by \`npm run docs\`: a title that shows a feature ends with
its row, as in \`… (row E2)\`.

| row | feature | shown by |
| --- | --- | --- |`;

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
