import type { Pool } from "pg";
import type { Remembered } from "../answers.ts";
import type { AuditEntry } from "../audit.ts";
import { NotLoaded, settle } from "../settle.ts";
import type { Admit, Outcome, Refusal, Submission } from "../store.ts";
import { type Caches, WorkingSet } from "../working-set.ts";
import { findAnswers, load } from "./load.ts";
import { LoadedRows } from "./loaded-rows.ts";
import { type Session, transact } from "./session.ts";
import { insertion } from "./audit.ts";
import { wantedAgain, wantedBy } from "./wanted.ts";
import { type KeptAnswer, write } from "./write.ts";

/** How often a batch is tried that another node's got in the way of: it has everything it needs to be next. */
const MOST_ATTEMPTS = 5;

/** unique_violation, serialization_failure, deadlock_detected: nothing was written, and the next time will differ. */
const RETRIED = new Set(["23505", "40001", "40P01"]);

/**
 * One batch of commands in one short transaction of two round trips: lock and read, then write and commit. Each
 * conversation's row is locked until the commit, so that revisions are given in the order of commits, on every node.
 */
export async function commit<Item extends Submission>(
  pool: Pool,
  items: readonly Item[],
  admit: Admit<Item>,
  onDefect: (error: unknown) => void,
): Promise<readonly Outcome[]> {
  const admitOnce = onceEach(admit);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transact(pool, "BEGIN", (session, finish) =>
        perform(session, items, admitOnce, onDefect, finish),
      );
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !RETRIED.has(codeOf(error))) throw error;
    }
  }
}

async function perform<Item extends Submission>(
  session: Session,
  items: readonly Item[],
  admit: Admit<Item>,
  onDefect: (error: unknown) => void,
  finish: () => Promise<void>,
): Promise<readonly Outcome[]> {
  const rows = new LoadedRows();
  const commandIds = items.map(({ command }) => command.commandId);
  const wanted = wantedBy(items);
  // In this order, though in one round trip: what others committed before we had the locks is seen by what follows.
  const [, known] = await Promise.all([load(session, wanted, rows, true), findAnswers(session, commandIds)]);
  if (known.size > 0) await load(session, wantedAgain(known.values()), rows, false);
  const unusedIds = new Set(commandIds.filter((id) => !known.has(id)));
  const work = new WorkingSet(rows, noCaches(), unusedIds);
  const answers: KeptAnswer[] = [];
  const keep = (commandId: string, remembered: Remembered, at: number): void =>
    void answers.push({ commandId, remembered, at });
  const entries: AuditEntry[] = [];
  const audit = (entry: AuditEntry): void => void entries.push(entry);
  const outcomes: Outcome[] = [];
  for (const item of items) {
    outcomes.push(
      await settled(session, rows, () => settle(item, admit, { work, known, keep, audit, onDefect })),
    );
  }
  work.write();
  const audited = entries.length > 0 ? [session.all(insertion(entries))] : [];
  await Promise.all([...write(session, rows.writes, answers), ...audited, finish()]);
  return outcomes;
}

/** Reads what `decide` turns out to need. */
async function settled(session: Session, rows: LoadedRows, decide: () => Outcome): Promise<Outcome> {
  for (;;) {
    try {
      return decide();
    } catch (error) {
      if (!(error instanceof NotLoaded)) throw error;
      await load(session, rows.missing, rows, false);
    }
  }
}

/** Rates and lanes count what they are asked, so each command is asked about once, however often it is tried. */
function onceEach<Item extends Submission>(admit: Admit<Item>): Admit<Item> {
  const asked = new Map<Item, Refusal | undefined>();
  return (item, isKnown) => {
    if (!asked.has(item)) asked.set(item, admit(item, isKnown));
    return asked.get(item);
  };
}

function noCaches(): Caches {
  return { conversations: new Map(), participants: new Map(), messages: new Map(), receipts: new Map() };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
