import type { Observable } from "../base/observable.ts";
import { internalsOf } from "../client/internals.ts";
import type { Sent } from "../client/types.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { notebookOf, type NoteRecord } from "../protocol/notes.ts";
import type { Replica } from "../timeline/replica.ts";

/**
 * The people one wants no contact with, on all of one's devices. Between the two nobody can begin or write in a direct
 * conversation, neither sees the other type or come and go, and search leaves what they said out. In conversations of
 * more people their messages still come, so that nothing is missing: show them covered.
 *
 * Both methods work offline. They throw `command/unsupported` where the backend keeps no notes, and `auth/required`
 * before anybody has said whose blocks they are.
 */
export interface Blocks {
  readonly userIds: Observable<ReadonlySet<string>>;
  block(userId: string): Promise<Sent>;
  unblock(userId: string): Promise<Sent>;
}

const opened = new WeakMap<object, Blocks>();

/** The blocks of the client's user; the same each time. */
export function openBlocks(client: object): Blocks {
  const known = opened.get(client);
  if (known) return known;
  const blocks = create(client);
  opened.set(client, blocks);
  return blocks;
}

function create(client: object): Blocks {
  const { core, session } = internalsOf(client);
  const userIds = core.scope.cell<ReadonlySet<string>>(new Set());

  const replicaNow = (): Replica | undefined => {
    const userId = core.userId();
    return userId === undefined ? undefined : core.directory.open(notebookOf(userId));
  };
  const show = (notes: readonly NoteRecord[]): void => {
    const next = blockedBy(notes);
    if (!isSame(userIds.get(), next)) userIds.set(next);
  };

  let ends: readonly (() => void)[] = [];
  const follow = (): void => {
    for (const end of ends) end();
    const replica = replicaNow();
    if (replica) core.keeper.open(replica);
    show(replica?.notes.get() ?? []);
    ends = replica
      ? [replica.notes.subscribe(show), replica.conversation.subscribe(() => core.sync.check(replica))]
      : [];
  };
  session.userId.subscribe(follow);
  follow();

  const put = async (userId: string, isBlocked: boolean): Promise<Sent> => {
    const replica = replicaNow();
    if (!replica) {
      throw new MessagingError("auth/required", {
        message: "unable to block anybody; nobody has said who it is that does",
      });
    }
    const { conversationId } = replica;
    const subject = { kind: "block", conversationId, userId } as const;
    return core.give(
      conversationId,
      isBlocked ? { type: "note.set", subject, value: {} } : { type: "note.clear", subject },
    );
  };

  return {
    userIds,
    block: (userId) => put(userId, true),
    unblock: (userId) => put(userId, false),
  };
}

function blockedBy(notes: readonly NoteRecord[]): ReadonlySet<string> {
  return new Set(
    notes.flatMap(({ subject: { kind, userId }, value }) =>
      kind === "block" && value && userId !== undefined ? [userId] : [],
    ),
  );
}

function isSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((each) => other.has(each));
}
