import { type Applied, apply } from "@tidings/core/domain";
import type { Query } from "@tidings/core/protocol";
import type { Admit, Answer, Membership, Outcome, Refusal, Store, Submission } from "../store.ts";
import { type Answers, answerOf, createAnswers, recall, type Remembered } from "./answers.ts";
import { type Connection, openConnection } from "./database.ts";
import { createQueries, type Queries } from "./queries/queries.ts";
import { migrate } from "./schema.ts";
import { createTables, type Tables } from "./tables.ts";
import { createTransactions, type Transactions } from "./transactions.ts";
import type { WorkingSet } from "./working-set.ts";

export interface LibsqlStoreOptions {
  /** Path of the database, created if it does not exist. Default `":memory:"`, which dies with the process. */
  readonly file?: string;
  /** Told when `apply` throws: a defect, never an expected outcome. */
  readonly onDefect?: (error: unknown) => void;
}

/**
 * The embedded store: one SQLite database in WAL mode, flushed at each commit. A call blocks the process while it
 * runs; what is asked is small, and many commands share one flush.
 *
 * @throws {Error} if the file cannot be opened, or a newer version wrote it.
 */
export function openLibsqlStore({ file = ":memory:", onDefect = () => {} }: LibsqlStoreOptions = {}): Store {
  const connection = openConnection(file);
  try {
    return new LibsqlStore(connection, migrate(connection), onDefect);
  } catch (error) {
    connection.close();
    throw error;
  }
}

class LibsqlStore implements Store {
  readonly epoch: string;
  readonly #connection: Connection;
  readonly #onDefect: (error: unknown) => void;
  readonly #tables: Tables;
  readonly #answers: Answers;
  readonly #queries: Queries;
  readonly #transactions: Transactions;

  constructor(connection: Connection, epoch: string, onDefect: (error: unknown) => void) {
    this.epoch = epoch;
    this.#connection = connection;
    this.#onDefect = onDefect;
    this.#tables = createTables(connection);
    this.#answers = createAnswers(connection);
    this.#queries = createQueries(connection, this.#tables, epoch);
    this.#transactions = createTransactions(connection, this.#tables);
  }

  async commit<Item extends Submission>(
    items: readonly Item[],
    admit: Admit<Item>,
  ): Promise<readonly Outcome[]> {
    const ids = items.map((item) => item.command.commandId);
    return this.#transactions.write(() => {
      const known = this.#answers.find(ids);
      return {
        unusedIds: new Set(ids.filter((id) => !known.has(id))),
        run: (work) => items.map((item) => this.#settle(item, admit, known, work)),
      };
    });
  }

  #settle<Item extends Submission>(
    item: Item,
    admit: Admit<Item>,
    known: Map<string, Remembered>,
    work: WorkingSet,
  ): Outcome {
    const { command, context } = item;
    const { commandId, conversationId } = command;
    const remembered = known.get(commandId);
    const refusal = admit(item, remembered !== undefined);
    if (refusal) return refusal;
    if (remembered) return recall(remembered, command, context.actorId, work);
    const applied = this.#apply(item, work);
    if (applied.ok) work.absorb(conversationId, applied);
    this.#remember(item, applied, known);
    if (!applied.ok) return applied;
    const { head, record } = work.conversation(conversationId);
    const { changes, receipt } = applied;
    const ack = { commandId, changes, ...(receipt && { receipt }) };
    return {
      ok: true,
      isKnown: false,
      ack,
      head,
      settings: record?.settings ?? { typing: true, receipts: true },
    };
  }

  #apply({ command, context }: Submission, work: WorkingSet): Applied {
    try {
      return apply(work.records(command.conversationId), command, context);
    } catch (error) {
      this.#onDefect(error);
      // Final, or a client would submit it for ever and block its lane (D7).
      const refusal: Refusal = {
        ok: false,
        code: "server/internal",
        retryable: false,
        message: "unable to apply the command; the server has a defect",
      };
      return refusal;
    }
  }

  /** So that the same command gets the same answer: later from the table, in this batch from `known` (D2). */
  #remember({ command, context }: Submission, applied: Applied, known: Map<string, Remembered>): void {
    const { commandId, conversationId } = command;
    const answer = answerOf(command, context.at, applied);
    if (!answer || context.system) return;
    const given = { userId: context.actorId, conversationId, answer };
    known.set(commandId, given);
    // A sent message remembers itself.
    if (!applied.ok || command.type !== "message.send") this.#answers.put(commandId, given, context.at);
  }

  async query(readerId: string, query: Query): Promise<Answer> {
    return this.#transactions.read(() => this.#queries.answer(readerId, query));
  }

  async memberships(userId: string): Promise<readonly Membership[]> {
    return this.#queries.memberships(userId);
  }

  async wasIn(conversationId: string, userId: string): Promise<boolean> {
    const conversation = this.#tables.conversation(conversationId);
    return conversation !== undefined && this.#tables.participant(conversation.key, userId) !== undefined;
  }

  async forgetAnswers(before: number): Promise<number> {
    return this.#answers.forget(before);
  }

  async close(): Promise<void> {
    this.#connection.close();
  }
}
