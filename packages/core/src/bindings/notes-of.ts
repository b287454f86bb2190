import type { Observable } from "../base/observable.ts";
import { internalsOf } from "../client/internals.ts";
import type { Client, Sent } from "../client/types.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { notebookOf, type NoteRecord, type NoteSubject, type NoteValue } from "../protocol/notes.ts";
import type { Replica } from "../timeline/replica.ts";

/** The notes of a client's user, whoever that is at the moment. */
export interface UserNotes {
  readonly notes: Observable<readonly NoteRecord[]>;
  /** Keeps a note, or lets it go. @throws {MessagingError} `auth/required` */
  readonly put: (subject: NoteSubject, value?: NoteValue) => Promise<Sent>;
  /** As the backend has them, by id. */
  readonly confirmed: () => ReadonlyMap<string, NoteRecord> | undefined;
}

const opened = new WeakMap<object, UserNotes>();

/** From now on the client follows the notebook; the same each time. */
export function notesOf(client: Pick<Client, "userId">): UserNotes {
  const known = opened.get(client) ?? follow(client);
  opened.set(client, known);
  return known;
}

function follow(client: Pick<Client, "userId">): UserNotes {
  const { core } = internalsOf(client);

  const replicaNow = (): Replica | undefined => {
    const userId = core.userId();
    return userId === undefined ? undefined : core.directory.open(notebookOf(userId));
  };

  const put: UserNotes["put"] = async (subject, value) => {
    const replica = replicaNow();
    if (!replica) {
      throw new MessagingError("auth/required", {
        message: "unable to keep the note; nobody has said whose it is",
      });
    }
    const { conversationId } = replica;
    return core.give(
      conversationId,
      value ? { type: "note.set", subject, value } : { type: "note.clear", subject },
    );
  };

  const notes = core.scope.cell<readonly NoteRecord[]>([]);
  let ends: readonly (() => void)[] = [];
  const turn = (): void => {
    for (const end of ends) end();
    const replica = replicaNow();
    if (replica) core.keeper.open(replica);
    notes.set(replica?.notes.get() ?? []);
    ends = replica
      ? [
          replica.notes.subscribe(notes.set),
          // Begun by another device meanwhile, it is there though no command of this one has changed anything.
          replica.conversation.subscribe(() => core.sync.check(replica)),
        ]
      : [];
  };
  client.userId.subscribe(turn);
  turn();
  return { notes, put, confirmed: () => replicaNow()?.confirmed().notes.byId };
}
