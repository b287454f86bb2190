import { isMessagingError, type Transport } from "@tidings/core";
import type { MessageRecord } from "@tidings/core/protocol";
import { withLink } from "../history.ts";
import { textOf } from "../texts.ts";
import { saidFirst } from "./words.ts";

/** Of a member's messages, one in so many has a file. */
const EVERY = 25;
const MOST_LINES = 10_000;

/** What a member says as its n-th: whether it has a file can be told from it. */
export function textNumber(prefix: string, count: number): string {
  return count % EVERY === EVERY - 1 ? `${prefix} file ${count}` : `${prefix} ${count}`;
}

export function hasLetter(text: string): boolean {
  return / file \d+$/u.test(saidFirst(text));
}

/** What the file of a message holds: it follows from its text, and from no other. */
export function letterOf(text: string): string {
  const said = saidFirst(text);
  const count = Number(/\d+$/u.exec(said)?.[0]);
  return `${said}\n`.repeat(1 + ((count * 997) % MOST_LINES));
}

/** What anybody gets who asks for the files of these messages; a code where they get none. By message. */
export async function readLetters(
  transport: Transport,
  token: string,
  messages: readonly MessageRecord[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  await withLink(transport, token, async (link) => {
    for (const message of messages.filter((each) => hasLetter(textOf(each)))) {
      const [file] = "attachments" in message.content ? (message.content.attachments ?? []) : [];
      if (!file) continue;
      const { conversationId, id } = message;
      const query = { type: "file.download", conversationId, fileId: file.fileId } as const;
      const read = link.query(query).then(async ({ url }) => (await fetch(url)).text());
      found.set(id, await read.catch((error) => (isMessagingError(error) ? error.code : `${error}`)));
    }
  });
  return found;
}
