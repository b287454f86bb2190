import type { LoadRun } from "@tidings/load";
import type { PostgresService } from "@tidings/server/testing";
import pg from "pg";

/** What PostgreSQL has to be started with to count its statements; its package has the extension. */
export const COUNTING: Readonly<Record<string, string>> = {
  shared_preload_libraries: "pg_stat_statements",
  "pg_stat_statements.track": "top",
  "pg_stat_statements.track_planning": "on",
};

interface Count {
  readonly text: string;
  readonly calls: number;
  /** Planning and executing. */
  readonly ms: number;
}

const SHOWN = 12;
const WIDTH = 100;

/** Writes down after each disturbance which statements PostgreSQL ran for it, and for those who came back by it. */
export function countingStatements(
  run: LoadRun,
  postgres: PostgresService,
  say: (line: string) => void,
): LoadRun {
  const counted = async (act: () => ReturnType<LoadRun["disturb"]>): ReturnType<LoadRun["disturb"]> => {
    const before = await read(postgres);
    const disturbance = await act();
    const { first, second, later } = disturbance.attempts;
    say(tableOf(since(before, await read(postgres)), first + second + later));
    return disturbance;
  };
  return {
    disturb: (name, action) => counted(() => run.disturb(name, action)),
    reconnectAll: () => counted(() => run.reconnectAll()),
  };
}

async function read({ port }: PostgresService): Promise<ReadonlyMap<string, Count>> {
  const client = new pg.Client(`postgres://postgres@127.0.0.1:${port}/postgres`);
  await client.connect();
  try {
    await client.query("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
    const { rows } = await client.query<Count>(`
      SELECT left(regexp_replace(query, '\\s+', ' ', 'g'), ${WIDTH}) AS text, sum(calls)::float8 AS calls,
        sum(total_plan_time + total_exec_time) AS ms
      FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname LIKE 'tidings%' GROUP BY 1`);
    return new Map(rows.map((row) => [row.text, row]));
  } finally {
    await client.end();
  }
}

function since(before: ReadonlyMap<string, Count>, after: ReadonlyMap<string, Count>): readonly Count[] {
  return [...after.values()]
    .map(({ text, calls, ms }) => ({
      ...{ text, calls: calls - (before.get(text)?.calls ?? 0) },
      ms: ms - (before.get(text)?.ms ?? 0),
    }))
    .filter(({ calls }) => calls > 0)
    .sort((one, other) => other.ms - one.ms);
}

function tableOf(counts: readonly Count[], cameBack: number): string {
  const calls = counts.reduce((sum, each) => sum + each.calls, 0);
  const ms = counts.reduce((sum, each) => sum + each.ms, 0);
  const each = cameBack > 0 ? `; ${(calls / cameBack).toFixed(1)} for each of ${cameBack} who came back` : "";
  const lines = counts
    .slice(0, SHOWN)
    .map(
      (count) => `${String(count.calls).padStart(8)} ${count.ms.toFixed(0).padStart(7)} ms  ${count.text}`,
    );
  return [`${calls} statements, ${ms.toFixed(0)} ms${each}`, ...lines].join("\n");
}
