import { malformed } from "../../protocol/parse.ts";
import { parseResult } from "../../protocol/parse-server.ts";
import type { CaseFlag, ModerationCase } from "../../protocol/cases.ts";
import type { MessageContent } from "../../protocol/content.ts";
import { createReaders, Fault, type Shape } from "../../protocol/wire.ts";
import type { CasesPage } from "./backend.ts";

const NAME: Shape = ["text", 128, "^"];
const WORDS: Shape = ["text", 10_000, "^"];
const COUNT: Shape = ["int", 0, Number.MAX_SAFE_INTEGER];

const FLAG: Shape = [
  "object",
  { source: ["one", "rule", "person"], reason: WORDS, "score?": ["any"], at: COUNT, "said?": ["any"] },
];

const CASE: Shape = [
  "object",
  {
    ...{ id: NAME, conversationId: NAME, "messageId?": NAME, userId: NAME },
    status: ["one", "open", "appealed", "approved", "removed", "banned"],
    ...{ openedAt: COUNT, revision: COUNT, urgency: COUNT, reports: COUNT, flags: ["list", FLAG, 100] },
    ...{ "appeal?": WORDS, "decidedBy?": NAME, "decidedAt?": COUNT, "message?": ["any"], "said?": ["any"] },
  },
];

const readerOf = createReaders({
  table: [],
  roots: { case: CASE, page: ["object", { items: ["list", CASE, 1_000], "next?": WORDS }] },
});

/** @throws {MessagingError} `protocol/malformed` */
export function parseCase(answer: unknown): ModerationCase {
  return whole(read<Bare>("case", answer));
}

/** @throws {MessagingError} `protocol/malformed` */
export function parseCases(answer: unknown): CasesPage {
  const { items, next } = read<{ readonly items: readonly Bare[]; readonly next?: string }>("page", answer);
  return { items: items.map(whole), ...(next !== undefined && { next }) };
}

/** Its messages are not looked at yet. */
type Bare = Omit<ModerationCase, "message" | "said" | "flags"> & {
  readonly message?: unknown;
  readonly said?: unknown;
  readonly flags: readonly (Omit<CaseFlag, "said"> & { readonly said?: unknown })[];
};

function read<Item>(root: "case" | "page", answer: unknown): Item {
  const found = readerOf(root)(answer);
  if (found instanceof Fault)
    throw malformed(`what moderators are to look at is wrong at ${found.path.join(".")}`);
  return found as Item;
}

/** What a message said is read as what it would say now. */
function whole({ message: given, said: words, flags: bareFlags, ...bare }: Bare): ModerationCase {
  const saying = (content: unknown): { readonly said?: MessageContent } => {
    if (given === undefined || content === undefined) return {};
    const [then] = parseResult("messages", [{ ...Object(given), content }]);
    return then ? { said: then.content } : {};
  };
  const flags = bareFlags.map(({ said, ...flag }) => ({ ...flag, ...saying(said) }));
  const [message] = given === undefined ? [] : parseResult("messages", [given]);
  return { ...bare, flags, ...(message && { message }), ...saying(words) };
}
