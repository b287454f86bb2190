import { filesIn } from "../domain/attachments.ts";
import { filesPlanned } from "../domain/plan.ts";
import type { Accepted, Records } from "../domain/types.ts";
import { isIn } from "../domain/standing.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import { ConversationStore } from "./conversation-store.ts";
import type { MemoryFile } from "./files.ts";
import type { Outcome } from "./outcome.ts";

const idTaken: Outcome = {
  ok: false,
  code: "command/id-taken",
  message: "unable to accept the command; its id is in use",
};

/** All that the backend keeps, and the one place that decides who may read it (D8). */
export class Archive {
  readonly files: Map<string, MemoryFile> = new Map();
  readonly #stores = new Map<string, ConversationStore>();
  /** First answers, and to whom: a command sent again gets its own (D2). */
  readonly #answers = new Map<string, { readonly userId: string; readonly outcome: Outcome }>();
  #activity = 0;

  copy(): Archive {
    const copy = new Archive();
    for (const [id, store] of this.#stores) copy.#stores.set(id, store.copy(copy.#fileIn(id)));
    for (const file of this.files.values()) copy.files.set(file.fileId, file);
    for (const [id, answer] of this.#answers) copy.#answers.set(id, answer);
    copy.#activity = this.#activity;
    return copy;
  }

  stores(): Iterable<ConversationStore> {
    return this.#stores.values();
  }

  /** For rules; empty if there is no such conversation. Readers go through `find`. */
  store(conversationId: string): ConversationStore {
    return (
      this.#stores.get(conversationId) ?? new ConversationStore(conversationId, this.#fileIn(conversationId))
    );
  }

  mayRead(conversationId: string, userId: string): boolean {
    return isIn(this.#stores.get(conversationId)?.participant(userId));
  }

  /** @throws {MessagingError} `conversation/not-found`, the same whether it is unknown or of others. */
  find(conversationId: string, userId: string): ConversationStore {
    if (this.mayRead(conversationId, userId)) return this.store(conversationId);
    const message = "unable to find the conversation; it does not exist, or you are not in it";
    throw new MessagingError("conversation/not-found", { message });
  }

  /** Can this person read the file: does a message show it where they are, or will one of theirs? */
  shows(
    fileId: string,
    userId: string,
    stores: readonly ConversationStore[] = this.conversationsOf(userId),
  ): boolean {
    return stores.some(
      (store) =>
        store.messages().some(({ content }) => filesIn(content).includes(fileId)) ||
        [...store.notes()].some((note) => filesPlanned(note).includes(fileId)),
    );
  }

  #fileIn(conversationId: string): Records["file"] {
    return (fileId, userId) => {
      const file = this.files.get(fileId);
      if (!file) return undefined;
      const { ownerId, state, fault, mediaType, size } = file;
      const isOwn = ownerId === userId && file.conversationId === conversationId;
      const isTheirs = isOwn || this.shows(fileId, userId);
      return { isTheirs, isReady: state === "ready", fault, mediaType, size };
    };
  }

  /** The conversations a user is in, most recently active first. */
  conversationsOf(userId: string): readonly ConversationStore[] {
    return [...this.#stores.values()]
      .filter((store) => isIn(store.participant(userId)))
      .sort((one, other) => other.activity - one.activity);
  }

  commit(store: ConversationStore, accepted: Accepted): void {
    this.#stores.set(store.head.conversationId, store);
    store.commit(accepted);
    if (accepted.changes.length > 0) store.activity = this.#activity += 1;
  }

  /** What was answered before; to anybody else, that the id is taken (D8). */
  answer(commandId: string, userId: string): Outcome | undefined {
    const known = this.#answers.get(commandId);
    return known && (known.userId === userId ? known.outcome : idTaken);
  }

  remember(commandId: string, userId: string, outcome: Outcome): void {
    this.#answers.set(commandId, { userId, outcome });
  }
}
