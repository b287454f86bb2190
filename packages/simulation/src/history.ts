import type { Link, Transport } from "@tidings/core";
import type {
  ConversationRecord,
  Head,
  MessageRecord,
  Page,
  ParticipantRecord,
  Receipt,
} from "@tidings/core/protocol";

/** What the backend holds of a conversation, read without any part of the client but the transport. */
export interface History {
  readonly head: Head;
  /** By sequence. */
  readonly messages: readonly MessageRecord[];
  readonly conversation: ConversationRecord;
  /** By id; those who left included. */
  readonly participants: readonly ParticipantRecord[];
  /** By user. */
  readonly receipts: readonly Receipt[];
}

const PAGE = 100;

/** @param token - of somebody who may read it. */
export async function readHistory(
  transport: Transport,
  token: string | undefined,
  conversationId: string,
): Promise<History> {
  return withLink(transport, token, async (link) => {
    const messages: MessageRecord[] = [];
    for (let after = 0, isDone = false; !isDone;) {
      const page = await link.query({ type: "history", conversationId, after, limit: PAGE });
      messages.push(...page.messages);
      isDone = page.toSeq === 0 || page.toSeq >= page.head.seq;
      after = page.toSeq;
    }
    const { conversation, head } = await link.query({ type: "conversation", conversationId });
    const participants = await readPages((page) =>
      link.query({ type: "participants", conversationId, ...page }),
    );
    const receipts = await readPages((page) => link.query({ type: "receipts", conversationId, ...page }));
    return { head, messages, conversation, participants, receipts };
  });
}

/** All pages of a list of what belongs to users, by their ids. */
async function readPages<Item extends { readonly userId: string }>(
  read: (page: { readonly limit: number; readonly after?: string }) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  let after: string | undefined;
  do {
    const page = await read(after === undefined ? { limit: PAGE } : { limit: PAGE, after });
    found.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return byUser(found);
}

export function byUser<Item extends { readonly userId: string }>(items: readonly Item[]): readonly Item[] {
  return [...items].sort((one, other) => (one.userId < other.userId ? -1 : 1));
}

export async function withLink<T>(
  transport: Transport,
  token: string | undefined,
  work: (link: Link) => Promise<T>,
): Promise<T> {
  const request = { token, clientId: "auditor", receive: () => {} };
  const link = await transport.open(request, new AbortController().signal);
  try {
    return await work(link);
  } finally {
    link.close();
  }
}
