import type { RecordQuery } from "@tidings/core/protocol";
import type { Admit, Answer, Blocks, Membership, Outcome, Store, Submission } from "../store.ts";
import { type Answers, createAnswers } from "./answers.ts";
import { type AuditTable, createAudit } from "./audit.ts";
import { type BlockTables, createBlocks } from "./blocks.ts";
import { type CaseMarks, createCaseMarks, createCases } from "./cases.ts";
import { type Connection, MEMORY, openConnection } from "./database.ts";
import { createArchive } from "./archive/archive.ts";
import { createErase } from "./erase.ts";
import { createErasures } from "./erasures.ts";
import { createEraseConversation } from "./erase-conversation.ts";
import { createFiles } from "./files.ts";
import { createFigures } from "./figures.ts";
import { createKept } from "./kept.ts";
import { type Occupation, occupy } from "./occupation.ts";
import { createPlans } from "./plans.ts";
import { createPrune } from "./prune.ts";
import { createPreviews } from "./previews.ts";
import { createPushTargets } from "./push.ts";
import { createQueries, type Queries } from "./queries/queries.ts";
import { migrate } from "./schema.ts";
import { createSearchIndex, type SearchIndex } from "./search-index.ts";
import type { Rows } from "../rows.ts";
import { keptPages } from "../kept.ts";
import { settle } from "../settle.ts";
import type { Archive } from "../archive.ts";
import type { Audit } from "../audit.ts";
import type { Cases } from "../cases.ts";
import type { Erasures } from "../erasures.ts";
import type { FiguresOf } from "../figures.ts";
import type { Plans } from "../plans.ts";
import type { FileTable } from "../files.ts";
import type { PreviewTable } from "../previews.ts";
import type { PushTargets } from "../push.ts";
import type { Upkeep } from "../upkeep.ts";
import { createTables } from "./tables.ts";
import { createTransactions, type Transactions } from "./transactions.ts";

export interface LibsqlStoreOptions {
  /** Path of the database, created if it does not exist. Default `":memory:"`, which dies with the process. */
  readonly file?: string;
  /** Told when `apply` throws: a defect, never an expected outcome. */
  readonly onDefect?: (error: unknown) => void;
  /** Told, once, which migrations of a newer server the database has that this one does not know and can work with. */
  readonly onNewerSchema?: (migrations: readonly string[]) => void;
}

/**
 * The embedded store: one SQLite database in WAL mode, flushed at each commit. A call blocks the process while it
 * runs; what is asked is small, and many commands share one flush.
 *
 * @throws {Error} if the file cannot be opened, or a newer version wrote it on whose schema this one cannot work.
 */
export function openLibsqlStore({
  file = MEMORY,
  onDefect = () => {},
  onNewerSchema = () => {},
}: LibsqlStoreOptions = {}): Store {
  // A database in memory is nobody else's; one without a name is SQLite's own way to say so.
  const occupation = file === MEMORY || file === "" ? undefined : occupy(file);
  let connection: Connection | undefined;
  try {
    connection = openConnection(file);
    const { epoch, newer } = migrate(connection);
    if (newer.length > 0) onNewerSchema(newer);
    return new LibsqlStore(connection, epoch, { file, onDefect, occupation });
  } catch (error) {
    connection?.close();
    occupation?.close();
    throw error;
  }
}

interface Opened extends Required<Omit<LibsqlStoreOptions, "onNewerSchema">> {
  readonly occupation: Occupation | undefined;
}

class LibsqlStore implements Store {
  readonly epoch: string;
  readonly #connection: Connection;
  readonly #occupation: Occupation | undefined;
  readonly #onDefect: (error: unknown) => void;
  readonly #tables: Rows;
  readonly #answers: Answers;
  readonly #queries: Queries;
  readonly #transactions: Transactions;
  readonly #audit: AuditTable;
  readonly #blocks: BlockTables;
  readonly #marks: CaseMarks;
  readonly #index: SearchIndex;
  readonly upkeep: Upkeep;
  readonly erasures: Erasures;
  readonly audit: Audit;
  readonly plans: Plans;
  readonly figures: FiguresOf;
  readonly files: FileTable;
  readonly push: PushTargets;
  readonly cases: Cases;
  readonly archive: Archive;
  readonly previews: PreviewTable;

  constructor(connection: Connection, epoch: string, { file, onDefect, occupation }: Opened) {
    this.#occupation = occupation;
    this.epoch = epoch;
    this.#connection = connection;
    this.#onDefect = onDefect;
    this.#tables = createTables(connection);
    this.#answers = createAnswers(connection);
    this.#blocks = createBlocks(connection);
    this.#queries = createQueries(connection, this.#tables, epoch, this.#blocks);
    this.#transactions = createTransactions(connection, this.#tables);
    this.#index = createSearchIndex(connection);
    const audit = createAudit(connection);
    this.#audit = audit;
    this.audit = {
      note: async (entry) => audit.put(entry),
      page: async (query) => audit.page(query),
      forget: async (before) => this.#transactions.maintain(() => audit.expire(before)),
    };
    this.erasures = createErasures(connection);
    this.plans = createPlans(connection);
    this.figures = createFigures(connection, this.#tables);
    this.files = createFiles(connection, (work) => this.#transactions.aside(work));
    this.push = createPushTargets(connection);
    const marks = createCaseMarks(connection);
    this.#marks = marks;
    this.cases = createCases(connection, (work) => this.#transactions.aside(work), audit.put);
    this.archive = createArchive(file, connection, occupation);
    this.previews = createPreviews(connection);
    const prune = createPrune(connection, this.#answers);
    const { traces, forget } = createErase(connection);
    const eraseConversation = createEraseConversation(connection, this.#tables);
    this.upkeep = {
      prune: async (retention, after) => this.#transactions.maintain(() => prune(retention, after)),
      traces: async (userId) => traces(userId),
      forget: async (userId, at) =>
        this.#transactions.maintain(() => {
          forget(userId, at);
          audit.forget(userId);
          marks.forgetUser(userId);
        }),
      forgetConversation: async (id) => this.#transactions.maintain(() => eraseConversation(id)),
      kept: keptPages(createKept(connection), audit.page, this.push),
    };
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
        run: (work) => {
          const scene = {
            work,
            known,
            keep: this.#answers.put,
            audit: this.#audit.put,
            mark: this.#marks.mark,
            onDefect: this.#onDefect,
          };
          return items.map((item) => settle(item, admit, scene));
        },
      };
    });
  }

  async query(readerId: string, query: RecordQuery): Promise<Answer> {
    if (query.type === "search") this.#catchUp();
    return this.#transactions.read(() => this.#queries.answer(readerId, query));
  }

  async memberships(userId: string): Promise<readonly Membership[]> {
    return this.#queries.memberships(userId);
  }

  async blocks(userId: string): Promise<Blocks> {
    return this.#blocks.of(userId);
  }

  async peopleOf(conversationId: string): Promise<readonly string[] | undefined> {
    return this.#blocks.peopleOf(conversationId);
  }

  async wasIn(conversationId: string, userId: string): Promise<boolean> {
    const conversation = this.#tables.conversation(conversationId);
    return conversation !== undefined && this.#tables.participant(conversation.key, userId) !== undefined;
  }

  async forgetAnswers(before: number): Promise<number> {
    return this.#answers.forget(before);
  }

  async close(): Promise<void> {
    try {
      this.#catchUp(); // A server of an older version may come next, and knows nothing of it.
    } finally {
      this.#connection.close();
      this.#occupation?.close();
    }
  }

  /** Has the newest words found, too. */
  #catchUp(): void {
    try {
      if (this.#index.isBehind) this.#transactions.aside(() => this.#index.catchUp());
    } catch (error) {
      // The few that are newest are found later, all others now.
      if (!isPassing(error)) throw error;
    }
  }
}

/** The disk is full or fails, or another process writes. */
function isPassing(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^SQLITE_(?:FULL|IOERR|BUSY|READONLY)/u.test(code);
}
