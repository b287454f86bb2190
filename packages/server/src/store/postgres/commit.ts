import { setTimeout as pause } from "node:timers/promises";
import { insertion } from "./audit.ts";
import { caseMarks, inOrder } from "./cases.ts";
import { type Commitment, commitAtOnce } from "./at-once.ts";
import { NotLoaded, settle } from "../settle.ts";
import type { Admit, Outcome, Refusal, Submission } from "../store.ts";
import { findAnswers, load } from "./load.ts";
import { LoadedRows } from "./loaded-rows.ts";
import { type Session, transact } from "./session.ts";
import { stage } from "./stage.ts";
import { type Wanted, wantedAgain, wantedBy } from "./wanted.ts";
import { write } from "./write.ts";

/** How often a batch is tried that another node's got in the way of: it has everything it needs to be next. */
const MOST_ATTEMPTS = 5;

/** How often it is tried whether the database is back. */
const KNOCK_MS = 100;

/** It cannot be reached, or has just ended: admin_shutdown, crash_shutdown, cannot_connect_now. */
const AWAY = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "57P01", "57P02", "57P03"]);

/** unique_violation, serialization_failure, deadlock_detected: nothing was written, and the next time will differ. */
const RETRIED = new Set(["23505", "40001", "40P01"]);

/**
 * One batch of commands, at once if this node remembers enough of their conversations; else in one short transaction of
 * two round trips: lock and read, then write and commit. Each conversation's row is locked until the commit, so that
 * revisions are given in the order of commits, on every node.
 */
export async function commit<Item extends Submission>(
  items: readonly Item[],
  admit: Admit<Item>,
  by: Commitment,
): Promise<readonly Outcome[]> {
  const admitOnce = onceEach(admit);
  const giveUpAt = performance.now() + by.rideOutMs;
  let isFirst = true;
  for (let attempt = 1; ;) {
    try {
      const outcomes = isFirst ? await commitAtOnce(items, admitOnce, by) : undefined;
      if (isFirst) by.onRemembered(outcomes !== undefined);
      return outcomes ?? (await commitByReading(items, admitOnce, by));
    } catch (error) {
      isFirst = false;
      // Had it been committed all the same, that is found now: every command is looked up (D2).
      if (isAway(error) && performance.now() < giveUpAt) await pause(KNOCK_MS);
      else if (attempt === MOST_ATTEMPTS || !RETRIED.has(codeOf(error))) throw error;
      else attempt += 1;
    }
  }
}

async function commitByReading<Item extends Submission>(
  items: readonly Item[],
  admit: Admit<Item>,
  { pool, recollection, onDefect }: Commitment,
): Promise<readonly Outcome[]> {
  const rows = new LoadedRows();
  const wanted = wantedBy(items);
  const outcomes = await transact(pool, "BEGIN", (session, finish) =>
    perform(session, { items, wanted, rows, admit, onDefect, finish }),
  );
  recollection.learn(wanted, rows);
  return outcomes;
}

interface Performance<Item extends Submission> {
  readonly items: readonly Item[];
  readonly wanted: Wanted;
  readonly rows: LoadedRows;
  readonly admit: Admit<Item>;
  readonly onDefect: (error: unknown) => void;
  readonly finish: () => Promise<void>;
}

async function perform<Item extends Submission>(
  session: Session,
  { items, wanted, rows, admit, onDefect, finish }: Performance<Item>,
): Promise<readonly Outcome[]> {
  const commandIds = items.map(({ command }) => command.commandId);
  // In this order, though in one round trip: what others committed before we had the locks is seen by what follows.
  const [, known] = await Promise.all([load(session, wanted, rows, true), findAnswers(session, commandIds)]);
  if (known.size > 0) await load(session, wantedAgain(known.values()), rows, false);
  const { scene, answers, entries, events } = stage(rows, commandIds, known, onDefect);
  const outcomes: Outcome[] = [];
  for (const item of items) outcomes.push(await settled(session, rows, () => settle(item, admit, scene)));
  scene.work.write();
  const audited = entries.length > 0 ? [session.all(insertion(entries))] : [];
  const written = write(session, rows.writes, answers);
  const marked = inOrder(events)
    .flatMap(caseMarks)
    .map((statement) => session.all(statement));
  await Promise.all([...written, ...audited, ...marked, finish()]);
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

/**
 * Rates and lanes count what they are asked, so each command is asked about once, however often it is tried. Only who
 * was refused, and turns out to have been answered before, is asked about again.
 */
function onceEach<Item extends Submission>(admit: Admit<Item>): Admit<Item> {
  const asked = new Map<Item, { readonly isKnown: boolean; readonly refusal: Refusal | undefined }>();
  return (item, isKnown) => {
    const before = asked.get(item);
    if (before && (!before.refusal || before.isKnown === isKnown)) return before.refusal;
    const refusal = admit(item, isKnown);
    asked.set(item, { isKnown, refusal });
    return refusal;
  };
}

/** Not for a store that was closed, nor for an answer that does not come. */
function isAway(error: unknown): boolean {
  const isCutOff = error instanceof Error && error.message.startsWith("Connection terminated unexpectedly");
  return isCutOff || AWAY.has(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
