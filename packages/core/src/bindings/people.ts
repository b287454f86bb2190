import type { Cell, Observable, Unsubscribe } from "../base/observable.ts";
import { whileWatched } from "../base/while-watched.ts";
import { internalsOf } from "../client/internals.ts";
import type { Client } from "../client/types.ts";
import type { CustomSchemas } from "../compose/custom.ts";
import { type MessagingError, toMessagingError } from "../errors/messaging-error.ts";
import type { Page } from "../protocol/queries.ts";

/** People as far as they are listed. */
export interface PeopleView {
  readonly userIds: readonly string[];
  /** There are more: `more()`. */
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  /** Why the last page did not come; what is listed stays. */
  readonly error: MessagingError | undefined;
}

/** People listed page by page. */
export interface People {
  /** The first page comes when somebody begins to listen; all that is listed comes anew when it changes, and after a break. */
  readonly view: Observable<PeopleView>;
  /** The next page; the first one again, if it did not come. Does nothing while one is under way. */
  more(): Promise<void>;
}

/** Who reacted to a message with one emoji: a record names only the first few. */
export function reactorsOf<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  conversationId: string,
  messageId: string,
  emoji: string,
): People;
export function reactorsOf(client: Client, conversationId: string, messageId: string, emoji: string): People {
  const { reactors } = client.conversation(conversationId);
  return listed(client, messageId, (after) => reactors(messageId, emoji, after));
}

/** Who chose an option of a poll; nobody of an anonymous one. */
export function votersOf<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  conversationId: string,
  messageId: string,
  option: number,
): People;
export function votersOf(client: Client, conversationId: string, messageId: string, option: number): People {
  const { voters } = client.conversation(conversationId);
  return listed(client, messageId, (after) => voters(messageId, option, after));
}

const KINDS: ReadonlySet<string> = new Set(["message.react", "message.unreact", "poll.vote"]);

function listed(
  client: Client,
  messageId: string,
  pageAfter: (after: string | undefined) => Promise<Page<string>>,
): People {
  const { scope } = internalsOf(client).core;
  const view: Cell<PeopleView> = scope.cell<PeopleView>({
    ...{ userIds: [], hasMore: false, isLoading: false, error: undefined },
  });
  let next: string | undefined;
  let isOutdated = false;

  /** As many as were listed, from the first on. */
  const again = async (): Promise<void> => {
    const many = view.get().userIds.length;
    const userIds: string[] = [];
    let after: string | undefined;
    do {
      const page = await pageAfter(after);
      userIds.push(...page.items);
      after = page.next;
    } while (after !== undefined && userIds.length < many);
    next = after;
    view.set({ ...view.get(), userIds, hasMore: next !== undefined });
  };

  const further = async (): Promise<void> => {
    const page = await pageAfter(next);
    next = page.next;
    const userIds = [...new Set([...view.get().userIds, ...page.items])];
    view.set({ ...view.get(), userIds, hasMore: next !== undefined });
  };

  /** One page at a time, and all of them once more if there was cause to meanwhile (D9). */
  const load = async (read: () => Promise<void>): Promise<void> => {
    if (view.get().isLoading) return;
    view.set({ ...view.get(), isLoading: true, error: undefined });
    let error: MessagingError | undefined;
    for (let todo: typeof read | undefined = read; todo; todo = isOutdated ? again : undefined) {
      isOutdated = false;
      error = await todo().then(
        () => undefined,
        (cause: unknown) => toMessagingError(cause),
      );
    }
    view.set({ ...view.get(), isLoading: false, error });
  };

  const refresh = (): void => {
    isOutdated = true; // for what is under way
    void load(again);
  };

  const begin = (): readonly Unsubscribe[] => {
    refresh();
    return [
      client.on("change", ({ kind, record }) => {
        if (KINDS.has(kind) && record.type === "message" && record.id === messageId) refresh();
      }),
      client.connection.subscribe(({ name }) => {
        if (name === "online") refresh();
      }),
    ];
  };
  return {
    view: whileWatched(view, begin),
    more: () => load(next === undefined ? again : further),
  };
}
